"""What should be seen how often, what of it is due tonight, and a round that sees the most of that."""

from datetime import timedelta

from fieldapp.infra.feature import Document, Feature, Job
from fieldapp.planning import documents, pages, suggesting

FEATURE = Feature(
    name="planning",
    pages=(pages.bp,),
    documents=(Document("tonight", documents.tonight),),
    jobs=(Job("suggest rounds", suggesting.make_due_suggestions, every=timedelta(minutes=1)),),
)
