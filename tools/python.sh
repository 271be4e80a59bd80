#!/bin/sh
# Print the Python to make the environment with: 3.11 or newer, with venv. It cannot be a Python script: it looks for Python.
# Versions that the whole set of libraries has been tried on come first.
wanted='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python python3.14; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c "$wanted" >/dev/null 2>&1; then
        command -v "$candidate"
        exit 0
    fi
done

cat >&2 <<'END'
No usable Python was found: version 3.11 or newer with the module venv is needed.
  Debian, Ubuntu:  apt-get install python3 python3-venv
  Fedora:          dnf install python3
  macOS:           brew install python@3.13
Or name one yourself:  make PYTHON=/path/to/python3 run
END
exit 1
