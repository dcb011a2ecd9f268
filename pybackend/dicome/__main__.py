"""``python -m dicome``: the command line, also where the ``dicome`` program is not on the path."""

from __future__ import annotations

import sys

from dicome.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
