"""What is measured in a process of its own, so that its memory and its start are its alone. Prints one line of JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import peak_mb, present_mb

if TYPE_CHECKING:
    from collections.abc import Callable


def import_contacts(path: str, table: str) -> dict[str, Any]:
    """Import a file into an empty store, then index it."""
    from stores import key_of

    from crmdesk.exchange.importing import import_file
    from crmdesk.store import open_store

    target = Path(path)
    with open_store(target, key=key_of(target), anywhere=True) as store:
        before = peak_mb()
        start = time.perf_counter()
        result = import_file(store, "contact", Path(table))
        done = time.perf_counter()
        peak = peak_mb()
        while store.index_step():
            pass
        return {
            "import_s": done - start,
            "index_s": time.perf_counter() - done,
            "before_mb": before,
            "peak_mb": peak,
            "index_peak_mb": peak_mb(),
            "added": result.added,
        }


def preview_contacts(path: str, table: str) -> dict[str, Any]:
    """Say what a file is, what its columns mean and what would become of its first rows."""
    from stores import key_of

    from crmdesk.exchange.columns.mapping import suggest_entity
    from crmdesk.exchange.files.reading import open_table
    from crmdesk.exchange.preview import preview
    from crmdesk.store import open_store

    target = Path(path)
    with open_store(target, key=key_of(target), anywhere=True) as store:
        start = time.perf_counter()
        opened = open_table(Path(table))
        seen = preview(store, suggest_entity(opened), Path(table), table=opened)
        return {"preview_s": time.perf_counter() - start, "rows_about": seen.total, "peak_mb": peak_mb(), "entity": seen.plan.entity, "read": seen.read}


def sweep(path: str) -> dict[str, Any]:
    """Look through all contacts for duplicates."""
    from stores import key_of

    from crmdesk.insights.duplicates import sweep as look
    from crmdesk.store import open_store

    source = Path(path)
    with open_store(source, key=key_of(source), anywhere=True) as store:
        start = time.process_time()
        found = look(store, "contact")
        return {"cpu_s": time.process_time() - start, "peak_mb": peak_mb(), "compared": found.compared, "pairs": len(found.pairs)}


def export_contacts(path: str, target: str) -> dict[str, Any]:
    """Export all contacts with twenty columns to a workbook."""
    from mass import EXPORTED
    from stores import key_of

    from crmdesk.exchange.out.exporting import ExportOptions, export_records
    from crmdesk.store import open_store

    source = Path(path)
    with open_store(source, key=key_of(source), anywhere=True) as store:
        start = time.perf_counter()
        export_records(store, "contact", Path(target), ExportOptions(columns=EXPORTED))
        return {"export_s": time.perf_counter() - start, "peak_mb": peak_mb()}


def window(path: str, tour: str = "") -> dict[str, Any]:
    """Open the program's window on a store whose key the keyring knows; say when the first page was there, and when the first rows of a list.

    Args:
        tour: with any word, go through all pages and far down a list before the memory is read, and say how long opening each held the window.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from crmdesk.ui import app as program

    qt = QApplication(sys.argv[:1])
    said: dict[str, Any] = {}

    def look() -> None:
        window = _window()
        if window is None or window.is_covered or window.page() is None or _is_asking(window.page()):
            return
        if "first_page_at" not in said:
            window.repaint()
            said["first_page_at"], said["first_page_mb"] = time.time(), present_mb()
            window.open_page("contacts")
        table = next((table for table in _tables() if table.isVisible() and table.records.rowCount() and table.records.is_there(0)), None)
        if table is None:
            return
        window.repaint()
        said["first_rows_at"], said["first_rows_mb"] = time.time(), present_mb()
        timer.stop()
        if tour:
            _rest(program.CALM_MS / 1000 + 1)
            said["held_ms"] = _tour(window)
        said["memory_mb"], said["peak_mb"] = present_mb(), peak_mb()
        window.close()
        QTimer.singleShot(0, qt.quit)

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(2)
    program.run(Path(path), None)
    return said


def _window() -> Any:
    from PySide6.QtWidgets import QApplication

    from crmdesk.ui.window import Window

    return next((widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Window) and widget.isVisible()), None)


def _is_asking(page: Any) -> bool:
    """Return whether a page waits for an answer of the store."""
    from PySide6.QtWidgets import QWidget

    from crmdesk.ui import background

    engine = background._engine  # noqa: SLF001 - who asks is nobody else's business
    # Whether the data is good is measured in passing, and a warning is added if it is not.
    owners = [task.owner for task in engine.tasks.values() if task.key is None or task.key[1] != "quality"] if engine is not None else []
    return any(owner is page or (isinstance(owner, QWidget) and page.isAncestorOf(owner)) for owner in owners)


def _tables() -> list[Any]:
    from PySide6.QtWidgets import QApplication

    from crmdesk.ui.widgets.record_table import RecordTable

    return [widget for widget in QApplication.allWidgets() if isinstance(widget, RecordTable)]


def _rest(seconds: float) -> None:
    """Let go on what goes on by itself: modules being loaded, housekeeping."""
    from PySide6.QtWidgets import QApplication

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.005)


def _tour(window: Any) -> dict[str, float]:
    """Look at every page, and at rows all over the list of contacts.

    Returns:
        By page, the longest time in ms that its first opening held the window's thread in one go; processor time, as other programs hold it too.
    """
    from crmdesk.ui.pages import PAGES

    held = {}
    for spec in PAGES:
        if spec.in_navigation:
            held[spec.name] = max(_held(lambda name=spec.name: window.open_page(name)), _settle(), _held(window.repaint)) * 1000  # type: ignore[misc]
    window.open_page("contacts")
    _settle()
    for table in (table for table in _tables() if table.isVisible()):
        for share in range(1, 20):
            table.scrollTo(table.records.index(table.records.rowCount() * share // 20, 1))
            _settle()
            window.repaint()
    return held


def _held(call: Callable[[], object]) -> float:
    start = time.thread_time()
    call()
    return time.thread_time() - start


def _settle() -> float:
    """Let answers arrive and be shown; returns the longest round of the event loop."""
    from PySide6.QtWidgets import QApplication

    from crmdesk.ui import background

    longest = 0.0
    until, calm = time.monotonic() + 20, 0
    while calm < 4 and time.monotonic() < until:
        longest = max(longest, _held(QApplication.processEvents))
        calm = calm + 1 if background.is_idle() else 0
        time.sleep(0.001)
    return longest


def bare_window() -> dict[str, Any]:
    """Show an empty window of Qt: the floor of start and memory."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

    qt = QApplication(sys.argv[:1])
    shown = QMainWindow()
    shown.setCentralWidget(QTableView())
    shown.resize(1280, 800)
    shown.show()
    said: dict[str, Any] = {}

    def look() -> None:
        shown.repaint()
        said["first_rows_at"], said["memory_mb"] = time.time(), present_mb()
        qt.quit()

    QTimer.singleShot(0, look)
    qt.exec()
    return said


def bare_command(path: str, key: str) -> dict[str, Any]:
    """Open the file with sqlcipher3 alone and read twenty contacts: the floor of a command."""
    import sqlcipher3.dbapi2 as sqlcipher

    connection = sqlcipher.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    found = connection.execute(
        "SELECT t.name, c.name, t.role FROM contact t LEFT JOIN company c ON c.id = t.company_id WHERE t.deleted_at IS NULL ORDER BY t.sort_key LIMIT 20"
    ).fetchall()
    return {"rows": len(found)}


def main() -> None:
    """Run the function that is named first with the words behind it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    name, *words = sys.argv[1:]
    said = globals()[name](*words)
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
