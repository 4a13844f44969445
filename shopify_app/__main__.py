"""python -m shopify_app VERB"""

import sys

from shopify_app.cli import main

sys.exit(main())
