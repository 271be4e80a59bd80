"""Cases: what follows from an observation of damage."""

from fieldapp.damage import queries, service
from fieldapp.infra.feature import Feature, PullKind

FEATURE = Feature(
    name="damage",
    pulls=(PullKind("observation", queries.pull_observations),),
    reactions={
        "observations_recorded": service.open_cases,
        "observation_changed": service.follow_observation,
    },
)
