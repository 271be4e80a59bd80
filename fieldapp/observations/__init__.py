"""What hosts log: categories, observations, calm checks, photos, comments."""

from datetime import timedelta

from fieldapp.access.permissions import Permission
from fieldapp.infra.feature import Feature, Job, OperationType, PullKind
from fieldapp.observations import (
    categories,
    category_pages,  # noqa: F401 - its routes are on the blueprint of `pages`: importing it is what puts them there
    corrections,
    pages,
    photos,
    queries,
    schemas,
    service,
)

FEATURE = Feature(
    name="observations",
    pages=(pages.bp,),
    operations=(
        OperationType(
            "observation.record",
            1,
            schemas.RecordObservationSchema(),
            Permission.OBSERVATION_RECORD,
            service.record,
        ),
        OperationType("visit.check", 1, schemas.CheckVisitSchema(), Permission.OBSERVATION_RECORD, service.record),
        OperationType(
            "observation.correct",
            1,
            schemas.CorrectObservationSchema(),
            Permission.OBSERVATION_CHANGE_OWN,
            corrections.correct,
        ),
        OperationType(
            "observation.withdraw",
            1,
            schemas.WithdrawObservationSchema(),
            Permission.OBSERVATION_CHANGE_OWN,
            corrections.withdraw,
        ),
    ),
    pulls=(PullKind("category", queries.pull_categories), PullKind("photo", queries.pull_photos)),
    reactions={
        "organisation_created": categories.give_default_set,
        "blobs_received": photos.mark_received,
    },
    jobs=(
        Job("clean_photos", photos.clean_received, timedelta(seconds=1)),
        Job("sweep_received", photos.sweep_received, timedelta(hours=1)),
    ),
)
