"""``python -m lernpy`` is the command ``lernpy``."""

import sys

from lernpy.cli import main

if __name__ == "__main__":
    sys.exit(main())
