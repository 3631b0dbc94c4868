"""The program: with a command it works without a screen, without one it opens the window."""

from __future__ import annotations

import sys

from crmdesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
