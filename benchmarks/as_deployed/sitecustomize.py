"""Python runs this at start when its folder is on the path: what only development installs is not found.

structlog loads rich where it finds it, four megabytes that no deployed process has.
"""

import sys

sys.modules["rich"] = None  # type: ignore[assignment]
