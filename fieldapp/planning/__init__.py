"""What should be seen how often, what of it is due tonight, and a round that sees the most of that."""

from fieldapp.infra.feature import Document, Feature
from fieldapp.planning import documents, pages

FEATURE = Feature(
    name="planning",
    pages=(pages.bp,),
    documents=(Document("tonight", documents.tonight),),
)
