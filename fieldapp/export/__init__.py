"""What leaves the organisation: lists as CSV and Excel."""

from fieldapp.export import pages
from fieldapp.infra.feature import Feature

FEATURE = Feature(name="export", pages=(pages.bp,))
