"""Files of whatever people come to mind, with names, addresses and numbers that several of them share: the second import changes nothing."""

from __future__ import annotations

import csv
import shutil
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store.keys import Key

PERSON = ["Anna Berg", "Anna Maria Berg", "Berg, Anna", "Dr. Bob Li", "Bob", "Li", "Eva von Berg", ""]
COMPANY = ["Acme GmbH", "Acme", "Beta AG", "Berg & Co", ""]
MAIL = ["office@x.example", "anna@x.example", "", ""]
PHONE = ["0221 1234567", "+49 221 1234567", "030 7654321", "", ""]
CITY = ["Berlin", "berlin", "Köln", ""]
COLUMNS = {
    "contact": {"Name": PERSON, "Company": COMPANY, "Email": MAIL, "Phone": PHONE, "City": CITY, "Role": ["Boss", "Buyer", ""], "Note": ["one", "two", ""]},
    "company": {"Company": COMPANY, "Contact name": PERSON, "Contact email": MAIL, "Contact phone": PHONE, "Email": MAIL, "City": CITY},
    "lead": {"Name": PERSON, "Company": COMPANY, "Email": MAIL, "Phone": PHONE},
}


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """Draw what the rows are, and the text of a file of them."""
    entity = draw(st.sampled_from(sorted(COLUMNS)))
    known = COLUMNS[entity]
    first, *more = known
    columns = [first, *draw(st.lists(st.sampled_from(more), min_size=1, unique=True))]
    rows = draw(st.lists(st.tuples(*(st.sampled_from(known[column]) for column in columns)), min_size=2, max_size=6))
    text = StringIO()
    csv.writer(text).writerows([columns, *rows])
    return entity, text.getvalue()


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=files())
def test_the_same_file_twice_changes_nothing_the_second_time(template: tuple[Path, Key], tmp_path: Path, mode: str, file: tuple[str, str]) -> None:
    entity, text = file
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    for old in tmp_path.glob("test.crmdesk*"):
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    options = ImportOptions(on_duplicate=mode, rejects=tmp_path / "rejected.csv")
    with open_store(shutil.copy(template[0], tmp_path / "test.crmdesk"), key=template[1], anywhere=True) as store:
        outcomes = []
        for _ in range(2):
            (tmp_path / "rejected.csv").unlink(missing_ok=True)
            result = import_file(store, entity, path, options)
            with store.read() as reader:
                outcomes.append((result.rejected, reader.value("SELECT count(*) FROM journal")))
        assert (result.added, result.updated, result.created) == (0, 0, {})
        assert outcomes[0] == outcomes[1]
