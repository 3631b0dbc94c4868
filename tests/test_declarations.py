"""Walks everything that is declared: entities, fields, kinds, operations, settings, reports."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import fields as fields_of
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmdesk.fields import KINDS
from crmdesk.models.base import ENTITIES
from crmdesk.models.mapping import tables
from crmdesk.models.registry import MAIN, SUPPORTING
from crmdesk.models.types import COLUMN_TYPES
from crmdesk.operations import registry
from crmdesk.queries.reports import REPORTS
from crmdesk.store.door import OPERATIONS, derive_sources
from crmdesk.store.rights import WRITES
from crmdesk.store.settings import Settings
from crmdesk.ui import editors

if TYPE_CHECKING:
    from crmdesk.models.base import Record

SOURCE = Path(__file__).parents[1] / "src" / "crmdesk"
each_entity = pytest.mark.parametrize("cls", ENTITIES.values(), ids=lambda cls: cls.entity.name)


def test_numbers_of_entities_are_unique_and_stay() -> None:
    numbers = {cls.entity.name: cls.entity.number for cls in ENTITIES.values()}
    assert len(set(numbers.values())) == len(numbers)
    kept = {
        "member": 1,
        "company": 2,
        "contact": 3,
        "phone": 4,
        "email": 5,
        "activity": 11,
        "task": 12,
        "lead": 13,
        "stage": 15,
        "deal": 16,
        "product": 19,
        "quote": 21,
        "ticket": 26,
    }
    assert {name: numbers[name] for name in kept} == kept


@each_entity
def test_an_entity_has_its_title_and_its_links_lead_somewhere(cls: type[Record]) -> None:
    assert cls.entity.title in cls.fields
    for field in cls.fields.values():
        assert field.kind in KINDS
        assert field.label
        if field.kind in {"link", "parts"}:
            assert field.target in ENTITIES, field.name
        if field.kind == "parts":
            assert f"{cls.entity.name}_id" in ENTITIES[field.target or ""].columns, field.name
        if field.kind == "choice":
            assert field.choices, field.name
        if field.kind in {"money", "price"}:
            assert any("currency" in each.fields for each in (cls, *(ENTITIES[owner] for owner in cls.entity.owned_by))), field.name
    for owner in cls.entity.owned_by:
        assert f"{owner}_id" in cls.columns
    for name in cls.entity.subtitle:
        assert name in cls.fields or name == "city", name


@each_entity
def test_no_two_fields_of_an_entity_answer_to_one_import_name(cls: type[Record]) -> None:
    # What the program fills in is not imported: a lead's company is that which it became.
    filled = {"lead": {"company", "contact", "deal"}}.get(cls.entity.name, set())
    names = Counter(alias for field in cls.fields.values() if not field.derived and field.name not in filled for alias in {field.name, *field.aliases})
    assert [name for name, count in names.items() if count > 1 and name not in {"source", "id", "close date", "address", "region"}] == []


@each_entity
def test_what_is_derived_is_derived_from_own_columns(cls: type[Record]) -> None:
    assert derive_sources(cls) <= set(cls.columns)


@each_entity
def test_columns_are_nullable_but_for_the_key(cls: type[Record]) -> None:
    table = next(table for table in tables() if table.name == cls.entity.name)
    assert [column.name for column in table.columns if not column.nullable] == ["id"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_column_and_an_input(kind: str) -> None:
    assert kind in COLUMN_TYPES or KINDS[kind].sql == ""
    assert kind in editors.EDITORS


def test_every_operation_has_a_label_and_a_right_that_some_role_has() -> None:
    registry.load()
    subjects = set().union(*WRITES.values()) | {"store"}
    assert len(OPERATIONS) > 60
    for name, operation in OPERATIONS.items():
        assert operation.label, name
        subject, _, action = operation.right.partition(".")
        assert action in {"read", "write"}, name
        assert action == "read" or subject in subjects, name


def test_every_area_of_operations_is_registered() -> None:
    modules = {path.stem for path in (SOURCE / "operations").glob("*.py")} - {
        "__init__",
        "registry",
        "leading_quotes",
        "numbers",
        "own_fields",
        "parts",
        "quote_lines",
        "quote_sources",
        "settings",
        "values",
    }
    assert modules == set(registry.AREAS)


def test_every_main_entity_is_an_entity_and_every_setting_has_a_label() -> None:
    assert set(MAIN) | set(SUPPORTING) <= ENTITIES.keys()
    assert all(item.metadata.get("label") for item in fields_of(Settings))
    assert all(report.label and report.about for report in REPORTS.values())


def test_no_transaction_is_ended_outside_the_store() -> None:
    for path in SOURCE.rglob("*.py"):
        if "store" in path.relative_to(SOURCE).parts[:1]:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\.commit\(\)|\"COMMIT\"|'COMMIT'", text), path


def test_reads_of_entities_start_from_live_records() -> None:
    """Every SQL text in queries that reads a main entity's table asks whether the record is live, or says why not."""
    tables = "|".join(MAIN)
    silent = []
    for path in sorted((SOURCE / "queries").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            sql = " ".join(texts)
            if (
                re.search(rf"\bSELECT\b.*\bFROM \"?({tables})\"?\b", sql, re.DOTALL)
                and not re.search(r"deleted_at|live|WHERE id = \?", sql)
                and not _asks(node)
            ):
                silent.append(f"{path.name}:{node.name}")
    # A timeline tells of what lies in the bin too.
    assert silent == ["timeline.py:_changes"]


def _asks(node: ast.FunctionDef) -> bool:
    """Say whether a function joins a condition made elsewhere: `visible`, `live`, `where_sql`, or the like."""
    called = {getattr(part.func, "id", getattr(part.func, "attr", "")) for part in ast.walk(node) if isinstance(part, ast.Call)}
    named = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return bool((called | named) & {"visible", "live", "where_sql", "ids_by_title", "_live", "_limits", "seen", "IN_IDS"})
