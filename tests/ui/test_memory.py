"""What the window does not keep in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import crmdesk
from crmdesk import memory

READ = "import linecache, crmdesk.ui.app, crmdesk.queries.search; print(*linecache.cache, sep='\\n')"


def test_loading_the_window_reads_the_source_of_none_of_its_modules() -> None:
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=True)
    own = str(Path(crmdesk.__file__).parent)
    assert [name for name in done.stdout.splitlines() if name.startswith(own)] == []


def test_memory_can_be_given_back_wherever_the_program_runs() -> None:
    memory.begin()
    memory.give_back()
