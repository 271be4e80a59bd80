"""The application as a WSGI server finds it."""

from fieldapp import create_app
from fieldapp.settings import Settings

app = create_app(Settings.from_env())
