"""Whether the tests under faults take their time: `make faults` sets ROND_TEST_FAULTS=long, `make endurance`
ROND_TEST_ENDURANCE=long.
"""

import os

IS_ENDURANCE_LONG = os.environ.get("ROND_TEST_ENDURANCE") == "long"
IS_LONG = os.environ.get("ROND_TEST_FAULTS") == "long"
