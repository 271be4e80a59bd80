"""Whether the tests under faults take their time: `make faults` sets ROND_TEST_FAULTS=long."""

import os

IS_LONG = os.environ.get("ROND_TEST_FAULTS") == "long"
