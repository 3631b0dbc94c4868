"""How well duplicates are found where the truth is known: the sets and mappings of the benchmark, one setting for all."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> Any:
    monkeypatch.syspath_prepend(str(pytestconfig.rootpath / "benchmarks"))
    return import_module("duplicates")


@pytest.mark.shared
@pytest.mark.parametrize("name", ["febrl1", "febrl3", "RLdata500", "splink_fake_1000", "Chicago", "Fodors-Zagat"])
def test_a_set_reaches_what_was_promised(benchmark: Any, shared_data: Path, name: str) -> None:
    assert (shared_data / "03_dedupe").is_dir()
    read, least = benchmark.SETS[name]
    values, marks = read()
    true = benchmark.truth(marks)
    _found, sure, grouped, seconds = benchmark.ours(values)
    assert benchmark.measured(sure, true, seconds).f1 >= least
    assert benchmark.measured(grouped, true, seconds).f1 >= least


@pytest.mark.shared
def test_the_sets_hold_the_true_pairs_that_their_description_counts(benchmark: Any, shared_data: Path) -> None:
    counted = {name: len(benchmark.truth(read()[1])) for name, (read, _least) in benchmark.SETS.items()}
    assert counted == {"febrl1": 500, "febrl3": 6538, "RLdata500": 50, "splink_fake_1000": 2031, "Chicago": 6608, "Fodors-Zagat": 112}
