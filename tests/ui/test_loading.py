"""Loading ahead: the classes of the window are made on its own thread, and nothing else is loaded there."""

from __future__ import annotations

import json
import subprocess
import sys

LOADS = """
import json, sys
from crmdesk.ui import app, loading

def new(step):
    before = set(sys.modules)
    step()
    return sorted(name for name in sys.modules if name not in before and name.startswith(("crmdesk", "PySide6")))

print(json.dumps([(new(part.load_beneath), new(part.load_itself)) for part in loading._parts()]))
"""


def test_a_page_needs_nothing_but_its_own_classes_once_what_is_beneath_it_is_there() -> None:
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    parts = json.loads(done.stdout)
    beside_the_window = {name for beneath, _ in parts for name in beneath}
    on_its_thread = {name for _, itself in parts for name in itself}
    assert {name for name in beside_the_window if name.startswith(("crmdesk.ui", "PySide6"))} == set()
    assert {name for name in on_its_thread if not name.startswith(("crmdesk.ui", "PySide6"))} == set()
    assert {"crmdesk.ui.pages.today.page", "crmdesk.ui.everywhere", "crmdesk.ui.pages.importing"} <= on_its_thread
    assert {"crmdesk.queries.today", "crmdesk.exchange.preview", "crmdesk.models.mapping"} <= beside_the_window
