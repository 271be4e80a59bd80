"""What leaves the organisation, and what comes back: lists as CSV and Excel, cases handed to receivers, what those say."""

from datetime import timedelta

from fieldapp.export import case_pages, deliveries, pages, receiver_pages, status_models, status_pages, views  # noqa: F401
from fieldapp.infra.feature import Feature, Job

FEATURE = Feature(
    name="export",
    pages=(pages.bp,),
    api=(views.bp,),
    reactions={"cases_changed": deliveries.queue_cases},
    jobs=(
        Job("send_cases", deliveries.send_due, timedelta(seconds=2)),
        Job("ask_receivers", deliveries.poll_due, timedelta(seconds=30)),
    ),
)
