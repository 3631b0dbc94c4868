"""Who may import whom: the contracts of pyproject.toml, and no circle anywhere.

Imports inside functions count, and so do those for type checking.
"""

from __future__ import annotations

import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import grimp
import pytest

if TYPE_CHECKING:
    from grimp import ImportGraph


@pytest.fixture(scope="module")
def imports() -> ImportGraph:
    return grimp.build_graph("crmdesk", include_external_packages=True, cache_dir=None)


def test_every_contract_is_kept(pytestconfig: pytest.Config) -> None:
    # In a process of its own: it switches all logs off that are there already, and no test after it would see a warning.
    code = f"import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports({str(pytestconfig.rootpath / 'pyproject.toml')!r}, no_cache=True))"
    linted = subprocess.run([sys.executable, "-c", code], cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False)  # noqa: S603
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_no_module_imports_itself_by_a_detour(imports: ImportGraph) -> None:
    targets = {name: imports.find_modules_directly_imported_by(name) for name in imports.modules}
    try:
        TopologicalSorter(targets).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_imports_inside_functions_are_seen(imports: ImportGraph) -> None:
    assert imports.direct_import_exists(importer="crmdesk.i18n", imported="babel")
