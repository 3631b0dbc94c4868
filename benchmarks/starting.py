"""How long it takes from nothing to something: the window with its first list, a command; and what the window holds."""

from __future__ import annotations

import statistics
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from measure import HERE, Figure, child, process
from stores import PASSPHRASE, bare, kept, key_of

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 7


def _known(path: Path) -> dict[str, str]:
    return {
        "PYTHON_KEYRING_BACKEND": "known_keys.Known", "PYTHONPATH": str(HERE), "CRMDESK_BENCHMARK_KEY": key_of(path).reveal(), "CRMDESK_STORE": str(path),
        "QT_QPA_PLATFORM": "offscreen",
    }  # fmt: skip


def commands(size: str) -> list[Figure]:
    """A command as a whole process, with the key known and with the passphrase."""
    path = kept(size)
    known = _known(path)
    given = {**known, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "CRMDESK_PASSPHRASE": PASSPHRASE}
    floor = bare(path)
    contact = floor.execute("SELECT lower(hex(id)) FROM contact ORDER BY id LIMIT 1 OFFSET 777").fetchone()[0]
    floor.close()
    asked: tuple[tuple[str, dict[str, str], tuple[str, ...], float], ...] = (
        ("show, key known", known, ("show", "contact", contact), 0.6),
        ("list --limit 20, key known", known, ("list", "contact", "--limit", "20"), 0.6),
        ("list --limit 20, passphrase", given, ("list", "contact", "--limit", "20"), 0.8),
    )
    taken: dict[str, list[float]] = {name: [] for name, *_ in asked}
    least: list[float] = []
    for number in range(ROUNDS + 1):
        for name, environment, words, _ in asked:
            seconds = process("-m", "crmdesk", "--json", *words, environment=environment)
            if number:
                taken[name].append(seconds)
        seconds = process(HERE / "child.py", "bare_command", path, key_of(path).reveal())
        if number:
            least.append(seconds)
    base = statistics.median(least)
    return [
        Figure(f"command {name}", statistics.median(taken[name]), min(taken[name]), "s", base, budget, f"≤ {budget} s") for name, _, _, budget in asked
    ]  # fmt: skip


def window(size: str) -> list[Figure]:
    """The window from the start of its process to the first rows, and its memory after a look at everything."""
    path = kept(size)
    with TemporaryDirectory() as home:
        environment = {**_known(path), "XDG_CONFIG_HOME": home}
        found = [child("window", path, environment=environment) for _ in range(ROUNDS + 1)][1:]
        toured = child("window", path, "tour", environment=environment)
    least = [child("bare_window", environment={"QT_QPA_PLATFORM": "offscreen"}) for _ in range(ROUNDS)]

    def seconds(each: dict[str, Any]) -> float:
        return float(each["first_rows_at"] - each["started_s"])

    taken, base = [seconds(each) for each in found], [seconds(each) for each in least]
    figures = [Figure("process start to first list, key known", statistics.median(taken), min(taken), "s", statistics.median(base), 1.2, "≤ 1.2 s")]
    if toured["memory_mb"] is not None:
        empty = statistics.median(each["memory_mb"] for each in least)
        note = f"{found[0]['first_rows_mb']:.0f} MB at the first list; all pages and 20 places of the list seen"
        figures.append(Figure("memory of the window", toured["memory_mb"], toured["memory_mb"], "MB", empty, 250, "≤ 250 MB", note))
    return figures
