"""python -m shopify_app VERB"""

import sys

from kit import collector

collector.look_less_often()  # all that follows stays

from shopify_app.cli import main  # noqa: E402

sys.exit(main())
