"""The pack of a district: tiles, places, path network and zones in one download, so that a phone shows a map offline."""

from datetime import timedelta

from fieldapp.infra.feature import Feature, Job
from fieldapp.pack import command_line, service, views

FEATURE = Feature(
    name="pack",
    api=(views.bp,),
    reactions={"ground_changed": service.forget_what_was_drawn},
    jobs=(Job("make packs", service.make_due_packs, every=timedelta(minutes=1)),),
    commands=(command_line.pack,),
)
