"""Taking times: rounds, medians, percentiles, child processes; and what a finished measurement says."""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Figure:
    """What one workload cost.

    Attributes:
        value: the median over the rounds (of a percentile: the percentile of each call's median), in `unit`: `s`, `ms` or `MB`.
        best: the same with each call's best round: what is left when other programs keep still.
        floor: the same work on bare libraries in the same run; None where there is no such thing.
        budget: the most that it may be, as a number; `said` is how the budget is worded.
    """

    workload: str
    value: float
    best: float
    unit: str
    floor: float | None
    budget: float | None
    said: str
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the floor it is."""
        return self.value / self.floor if self.floor else None

    @property
    def verdict(self) -> str:
        """Whether the budget is met; `at best` when only the best round meets it."""
        if self.budget is None:
            return ""
        if self.value <= self.budget:
            return "yes"
        return "at best" if self.best <= self.budget else "no"


@dataclass
class Clock:
    """Times of the same calls in several rounds."""

    rounds: list[list[float]] = field(default_factory=list)

    def median(self) -> float:
        """Return the median call of the median round, in seconds."""
        return statistics.median(self._calls(statistics.median))

    def best(self) -> float:
        """Return the median call when each had its best round."""
        return statistics.median(self._calls(min))

    def p95(self) -> float:
        """Return the time that 95 % of the calls stay under, each by its median round."""
        return percentile(self._calls(statistics.median), 0.95)

    def best_p95(self) -> float:
        """Return the same by the best rounds."""
        return percentile(self._calls(min), 0.95)

    def _calls(self, over: Callable[[Sequence[float]], float]) -> list[float]:
        return [over(times) for times in zip(*self.rounds, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1)]


def clock(calls: Sequence[Callable[[], object]], rounds: int = 5) -> Clock:
    """Run all calls in each round, after one round that warms up."""
    taken = Clock()
    for number in range(rounds + 1):
        times = []
        for call in calls:
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        if number:
            taken.rounds.append(times)
    return taken


def repeat(call: Callable[[], object], times: int, rounds: int = 5) -> Clock:
    """Run one call many times in each round."""
    return clock([call] * times, rounds)


def once(call: Callable[[], object]) -> float:
    """Return how many seconds a call takes, the collector's leftovers of others aside."""
    gc.collect()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Say on standard error what is being prepared."""
    start = time.perf_counter()
    print(f"  {what} …", end="", file=sys.stderr, flush=True)
    yield
    print(f" {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)


def child(name: str, *words: object, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a function of child.py in a fresh process and return what it says, with `started_s` and `wall_s`."""
    command = [sys.executable, str(HERE / "child.py"), name, *map(str, words)]
    started, start = time.time(), time.perf_counter()
    done = subprocess.run(command, env=_as_installed(environment), capture_output=True, text=True, check=False)
    wall = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip()}")
    return {**json.loads(done.stdout.splitlines()[-1]), "started_s": started, "wall_s": wall}


def process(*words: object, environment: Mapping[str, str] | None = None) -> float:
    """Return how many seconds a whole process of this Python takes."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *map(str, words)], env=_as_installed(environment), capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stderr.strip()}")
    return taken


def _as_installed(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Return the environment of a process that keeps compiled modules, as an installed program has them; the first round makes them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "crmdesk-benchmarks-compiled"), **(environment or {})}


def peak_mb() -> float:
    """Return the most memory that this process held so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # elsewhere the peak of the process that started this one may be counted in
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024) if sys.platform == "darwin" else peak / 1024


def present_mb() -> float | None:
    """Return the memory that this process holds now, in MB; None where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def table(figures: Sequence[Figure]) -> list[list[str]]:
    """Return the figures as rows of texts, the head first."""
    rows = [["workload", "measured", "at best", "floor", "× floor", "budget", "met"]]
    for each in figures:
        rows.append([
            each.workload + (f" ({each.note})" if each.note else ""), _said(each.value, each.unit), _said(each.best, each.unit),
            "" if each.floor is None else _said(each.floor, each.unit), "" if each.ratio is None else f"{each.ratio:.1f}", each.said, each.verdict,
        ])  # fmt: skip
    return rows


def _said(value: float, unit: str) -> str:
    digits = 0 if value >= 100 or unit == "MB" else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"
