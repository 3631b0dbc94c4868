"""JSON: lists of records of other programs, nested or not, and however long."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.files import json_files
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.importing import import_file

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store


def saved(folder: Path, content: Any, encoding: str = "utf-8") -> Path:
    path = folder / "people.json"
    path.write_bytes((content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)).encode(encoding))
    return path


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-le"])
def test_nested_objects_are_flattened_by_one_level(store: Store, tmp_path: Path, encoding: str) -> None:
    path = saved(
        tmp_path,
        [
            {
                "first_name": "Jürgen",
                "last_name": "Groß",
                "company": {"name": "Acme"},
                "address": {"street": "Main St. 1", "city": "Köln"},
                "tags": ["a", "b"],
                "age": 7,
            }
        ],
        encoding,
    )
    result = import_file(store, "contact", path)
    assert (result.added, result.created) == (1, {"company": 1, "tag": 2})
    assert rows(
        store, "SELECT t.name, c.name, a.street, a.city FROM contact t JOIN company c ON c.id = t.company_id JOIN address a ON a.contact_id = t.id"
    ) == [("Jürgen Groß", "Acme", "Main St. 1", "Köln")]


def test_a_list_under_a_key_and_numbers_as_they_are_written(tmp_path: Path) -> None:
    table = open_table(saved(tmp_path, '{"count": 1, "people": [{"name": "Anna", "id": 12345678901234567890, "amount": 1.10}]}'))
    assert (table.columns, [cells for _, cells in table.rows()]) == (("name", "id", "amount"), [["Anna", "12345678901234567890", "1.10"]])


def test_a_long_list_is_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_files, "CHUNK", 64)
    table = open_table(saved(tmp_path, [{"name": f"Person {i} – ü", "note": "x" * (i % 90), **({"late": 1} if i == 700 else {})} for i in range(900)]))
    assert (table.line_count, table.columns) == (900, ("name", "note", "late"))
    assert [cells[0] for _, cells in table.rows()] == [f"Person {i} – ü" for i in range(900)]


@pytest.mark.parametrize(("text", "said"), [
    ('[{"name": "cut', r"is no JSON file \(1:"), ('[{"a": 1},\n{"a": }]', r"is no JSON file \(2:7\)"), ("[1, 2]", "holds no list of records"), ('["a"]', "holds no list of records"),
    ('{"a": [1]}', "holds no list of records"), ("[]", "is empty"), ('[{"a": ' + "[" * 100_000, "is no JSON file"), ('{"a": ' + "[" * 100_000, "is no JSON file"),
])  # fmt: skip
def test_what_is_no_list_of_records_is_refused_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        open_table(saved(tmp_path, text))


def test_lists_of_objects_of_other_programs_are_values_with_labels(store: Store, tmp_path: Path) -> None:
    record = {
        "first_name": "Anna", "last_name": "Berg", "phones": [{"type": "work", "number": "0221 51234"}, {"type": "mobile", "number": "0171 1234567"}],
        "emails": [{"type": "home", "email": "a@berg.example"}], "tags": [{"id": 1, "name": "VIP"}, {"id": 2, "name": "Fair"}], "visits": [{"day": 1}],
    }  # fmt: skip
    path = tmp_path / "people.json"
    path.write_text(json.dumps([record]), encoding="utf-8")
    assert import_file(store, "contact", path).added == 1
    with store.read() as reader:
        assert reader.rows("SELECT label, number FROM phone ORDER BY position") == [("work", "0221 51234"), ("mobile", "0171 1234567")]
        assert reader.rows("SELECT label, address FROM email") == [("home", "a@berg.example")]
        assert reader.rows("SELECT name FROM tag ORDER BY name") == [("Fair",), ("VIP",)]
