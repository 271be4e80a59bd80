"""Measure the server and the phone beside peers, with a harness that lies outside the project."""
