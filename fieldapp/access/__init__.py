"""Organisations, users, phones and devices; who may do what; sign-in and audit."""

from fieldapp.access import command_line, pages, queries, views
from fieldapp.infra.feature import Feature, PullKind

FEATURE = Feature(
    name="access",
    pages=(pages.bp,),
    api=(views.bp,),
    pulls=(PullKind("organisation", queries.pull_organisation),),
    commands=(command_line.organisation,),
)
