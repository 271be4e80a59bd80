"""Cases: what follows from an observation of damage."""

from datetime import timedelta

from fieldapp.damage import escalation, queries, service
from fieldapp.infra.feature import Feature, Job, PullKind

FEATURE = Feature(
    name="damage",
    pulls=(PullKind("observation", queries.pull_observations),),
    reactions={
        "observations_recorded": service.open_cases,
        "observation_changed": service.follow_observation,
    },
    jobs=(Job("tell_of_late_cases", escalation.tell_of_late_cases, timedelta(minutes=1)),),
)
