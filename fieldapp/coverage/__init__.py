"""Coverage: what rounds saw of pieces and places, what is counted of that by day and part of day, and the clocks."""

from datetime import timedelta

from fieldapp.access.permissions import Permission
from fieldapp.coverage import jobs, schemas, service, told, unkept
from fieldapp.infra.feature import Feature, Job, OperationType

FEATURE = Feature(
    name="coverage",
    operations=(
        OperationType("walk.tell", 1, schemas.TellWalkSchema(), Permission.ROUND_WALK, told.tell_walks),
        OperationType("walk.untell", 1, schemas.UntellWalkSchema(), Permission.ROUND_WALK, told.untell_walks),
    ),
    reactions={
        "observations_recorded": service.fold_observations,
        "observation_changed": service.fold_changed,
        "rounds_changed": unkept.note_changed,
        "tracks_unkept": unkept.fold_unkept,
        "tracks_condensed": unkept.write_condensed,
    },
    jobs=(Job("fold_tracks", jobs.fold_tracks, timedelta(seconds=5)),),
)
