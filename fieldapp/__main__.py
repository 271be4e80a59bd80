"""`python -m fieldapp`: the operator's command line."""

from fieldapp.cli import main

main(prog_name="fieldapp")
