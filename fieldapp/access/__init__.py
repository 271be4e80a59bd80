"""Organisations, users, phones and devices; who may do what; sign-in and audit."""

# The routes of `admin_pages` are on the blueprint of `pages`: importing it is what puts them there.
from fieldapp.access import admin_pages, command_line, pages, queries, views  # noqa: F401
from fieldapp.infra.feature import Feature, PullKind

FEATURE = Feature(
    name="access",
    pages=(pages.bp,),
    api=(views.bp,),
    pulls=(PullKind("organisation", queries.pull_organisation),),
    commands=(command_line.organisation,),
)
