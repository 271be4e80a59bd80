"""Coverage of places: in this step, the clock of each place, and what is to be seen tonight."""

from fieldapp.coverage import documents, service
from fieldapp.infra.feature import Document, Feature

FEATURE = Feature(
    name="coverage",
    documents=(Document("tonight", documents.tonight),),
    reactions={"observations_recorded": service.fold_observations, "observation_changed": service.fold_changed},
)
