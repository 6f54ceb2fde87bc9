"""`python -m jobs.cli`: the command line where the console script is not on the path."""

import sys

from jobs.cli import main

sys.exit(main())
