"""Whether the tests under faults take their time: `make faults` sets ROND_FAULTS=long."""

import os

IS_LONG = os.environ.get("ROND_FAULTS") == "long"
