"""`python -m twin` is the command `twin`."""

import sys

from twin.cli import main

sys.exit(main())
