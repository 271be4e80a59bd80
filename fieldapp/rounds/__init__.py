"""Rounds: their start and end, tracks, gaps, and who looked at them."""

from datetime import timedelta

from fieldapp.access.permissions import Permission
from fieldapp.infra.feature import Feature, Job, OperationType, PullKind
from fieldapp.rounds import command_line, pages, queries, schemas, service, tracks, walks

_WALK = Permission.ROUND_WALK

FEATURE = Feature(
    name="rounds",
    pages=(pages.bp,),
    operations=(
        OperationType("round.start", 1, schemas.StartRoundSchema(), _WALK, service.start),
        OperationType("round.pause", 1, schemas.ChangeRoundSchema(), _WALK, service.change),
        OperationType("round.resume", 1, schemas.ChangeRoundSchema(), _WALK, service.change),
        OperationType("round.end", 1, schemas.EndRoundSchema(), _WALK, service.change),
        OperationType("round.join", 1, schemas.JoinRoundSchema(), _WALK, walks.join),
        OperationType(
            "track.segment",
            1,
            schemas.AddSegmentSchema(),
            _WALK,
            tracks.add_segments,
            condense=tracks.condense,
            condensed_schema=schemas.HeldSegmentSchema(),
        ),
        OperationType("gap.record", 1, schemas.RecordGapSchema(), _WALK, service.record_gaps),
    ),
    pulls=(PullKind("round", queries.pull_rounds),),
    commands=(command_line.round_,),
    jobs=(Job("erase_old_tracks", tracks.erase_old_tracks, timedelta(minutes=10)),),
)
