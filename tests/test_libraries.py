"""Libraries: whatever comes with the program is used by it, and named with its licence."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _plain(name: str) -> str:
    return re.sub(r"[-_. ]+", "-", name).casefold()


def _imported() -> set[str]:
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found |= {name.partition(".")[0] for name in names}
    return found


def test_every_library_that_is_required_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {_plain(re.split(r"[<>=~!\[ ]", line)[0]) for line in project["dependencies"]}
    bringing = packages_distributions()
    used = {_plain(library) for module in _imported() for library in bringing.get(module, ())}
    assert required - used == set()


def test_every_locked_library_is_named_with_its_licence() -> None:
    locked = re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    told = _plain((ROOT / "docs" / "third-party.md").read_text(encoding="utf-8"))
    assert [name for name in locked if _plain(name) not in told] == []
