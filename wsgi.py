"""The application as a WSGI server finds it."""

import gc

from sqlalchemy.orm import configure_mappers

from fieldapp import create_app
from fieldapp.infra.db import db
from fieldapp.infra.rows import make_ready
from fieldapp.settings import Settings

app = create_app(Settings.from_env())
configure_mappers()  # or the first who asks waits for it
with app.app_context():
    make_ready(db.engine.dialect)

# What is there now lives as long as the process. Were it looked through whenever much has been read, a batch now and then
# would take three times as long.
gc.collect()
gc.freeze()
