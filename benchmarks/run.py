"""What CRMDesk costs, beside the same work on bare libraries in the same run.

    python dev.py bench                          all workloads on a store of 100,000 contacts
    python dev.py bench --size 10k search list   some of them on a smaller one
    python dev.py bench --write                  keep the figures in docs/benchmarks.md

Each figure is the median over several rounds; `at best` is the best round, which is what is left when other programs keep still.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

# Backups and settings of what is measured must not land among those of whoever measures. Set before anything reads them.
_HOME = tempfile.TemporaryDirectory(prefix="crmdesk-benchmark-home-")
for _name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
    os.environ[_name] = str(Path(_HOME.name) / _name.lower())
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
for _name in ("CRMDESK_STORE", "CRMDESK_PASSPHRASE", "CRMDESK_RECOVERY_KEY"):
    os.environ.pop(_name, None)

import asking  # noqa: E402
import changing  # noqa: E402
import duplicates  # noqa: E402
import formats  # noqa: E402
import mass  # noqa: E402
import preview  # noqa: E402
import starting  # noqa: E402
from measure import Figure, table, telling  # noqa: E402
from stores import SIZES, kept  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
WORKLOADS: dict[str, Callable[[str], list[Figure]]] = {
    "import": mass.importing,
    "cards": formats.cards,
    "workbook": preview.workbook,
    "preview": preview.looking,
    "search": asking.search,
    "company": asking.company_page,
    "list": asking.lists,
    "board": asking.board,
    "move": changing.move_deal,
    "bulk": changing.bulk,
    "quote": changing.quote,
    "export": mass.exporting,
    "duplicates": duplicates.both,
    "window": starting.window,
    "command": starting.commands,
}


def machine() -> str:
    """Say on what the figures were taken."""
    import sqlcipher3.dbapi2 as sqlcipher
    from PySide6.QtCore import qVersion

    connection = sqlcipher.connect(":memory:")
    cipher = connection.execute("PRAGMA cipher_version").fetchone()[0]
    connection.close()
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB RAM"
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return (
        f"{os.cpu_count()} cores ({platform.machine()}){memory}, {platform.system()}, Python {platform.python_version()}, SQLite {sqlcipher.sqlite_version}, "
        f"SQLCipher {cipher}, Qt {qVersion()}{load}"
    )


def show(figures: list[Figure]) -> None:
    """Print the figures as aligned text."""
    rows = table(figures)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) if at in (0, 5, 6) else text.rjust(width) for at, (text, width) in enumerate(zip(row, widths, strict=True))).rstrip())


def write(figures: list[Figure], size: str) -> None:
    """Put the figures on top of docs/benchmarks.md, under a head with the day and the machine."""
    head, mark, rest = DOCUMENT.read_text(encoding="utf-8").partition("\n## ")
    head_row, *rows = table(figures)
    lines = ["| " + " | ".join(head_row) + " |", "| --- | ---: | ---: | ---: | ---: | --- | --- |", *("| " + " | ".join(row) + " |" for row in rows)]
    section = f"\n## {datetime.now(UTC):%Y-%m-%d}, {size} contacts\n\n{machine()}\n\n" + "\n".join(lines) + "\n"
    DOCUMENT.write_text(head + section + mark + rest, encoding="utf-8")


def main() -> int:
    """Read the words, run the workloads, print the table."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=list(SIZES), default="100k", help="contacts in the store; companies and deals a fifth, activities half of that")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/benchmarks.md")
    parser.add_argument("names", nargs="*", metavar="workload", help="of " + ", ".join(WORKLOADS))
    given = parser.parse_args()
    if unknown := set(given.names) - WORKLOADS.keys():
        parser.error(f"there is no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    kept(given.size)
    figures: list[Figure] = []
    for name, measure in WORKLOADS.items():
        if not given.names or name in given.names:
            with telling(name):
                figures += measure(given.size)
    print(machine())
    show(figures)
    if given.write:
        write(figures, given.size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
