"""How long it takes from nothing to something: the window with its first list, a command; and what the window holds."""

from __future__ import annotations

import statistics
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from measure import HERE, Figure, child, process
from stores import PASSPHRASE, bare, kept, key_of

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS, TOURS = 7, 3


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
    """The window from the start of its process to the first page and the first list, how pages open, and its memory after a look at everything."""
    path = kept(size)
    with TemporaryDirectory() as home:
        environment = {**_known(path), "XDG_CONFIG_HOME": home}
        found = [child("window", path, environment=environment) for _ in range(ROUNDS + 1)][1:]
        toured = [child("window", path, "tour", environment=environment) for _ in range(TOURS)]
    least = [child("bare_window", environment={"QT_QPA_PLATFORM": "offscreen"}) for _ in range(ROUNDS)]
    base = statistics.median(each["first_rows_at"] - each["started_s"] for each in least)

    def since_start(name: str, what: str, budget: float | None, said: str) -> Figure:
        taken = [each[name] - each["started_s"] for each in found]
        return Figure(f"process start to {what}, key known", statistics.median(taken), min(taken), "s", base, budget, said)

    pages = {name: [each["held_ms"][name] for each in toured] for name in toured[0]["held_ms"]}
    usual = {name: statistics.median(times) for name, times in pages.items()}
    figures = [
        since_start("first_page_at", "first page", 1.2, "≤ 1.2 s"),
        since_start("first_rows_at", "first list, opened behind it", 1.2, "≤ 1.2 s"),
        Figure(
            "first opening of a page holds the window, the slowest", max(usual.values()), max(map(min, pages.values())), "ms", None, 50, "≤ 50 ms",
            ", ".join(f"{name} {time:.0f}" for name, time in usual.items()),
        ),
    ]  # fmt: skip
    memory = [each["memory_mb"] for each in toured if each["memory_mb"] is not None]
    if memory:
        empty = statistics.median(each["memory_mb"] for each in least)
        note = f"{found[0]['first_page_mb']:.0f} MB at the first page; all pages and 20 places of the list seen"
        figures.append(Figure("memory of the window", statistics.median(memory), min(memory), "MB", empty, 250, "≤ 250 MB", note))
    return figures
