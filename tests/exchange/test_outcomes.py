"""Every real file that there is, imported as a user would: what comes of it stands in a table, and nothing else may come of it."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk import clock
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.store import open_store
from tests.exchange.outcomes import FOLDERS, TABLE, Outcome, files_of, outcome_of

if TYPE_CHECKING:
    from crmdesk.store import Store
    from crmdesk.store.keys import Key

pytestmark = pytest.mark.shared

THEN = datetime(2026, 6, 15, 12, tzinfo=UTC)  # what comes again in a calendar depends on the day of the import


def expected() -> dict[str, str]:
    lines = (Path(__file__).parent / TABLE).read_text(encoding="utf-8").splitlines()
    return {line.partition("\t")[0]: line for line in lines[1:]}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_has_the_outcome_that_the_table_states(template: tuple[Path, Key], tmp_path: Path, shared_data: Path, folder: str) -> None:
    stated = {file: line for file, line in expected().items() if file.startswith(f"{folder}/")}
    found: dict[str, str] = {}
    for file in files_of(shared_data, folder):
        path = Path(shutil.copy(template[0], tmp_path / "one.crmdesk"))
        with open_store(path, key=template[1], anywhere=True) as store, clock.frozen(THEN):
            store.before_risk = None  # the backup of an empty store, 475 times
            found[file] = outcome_of(store, shared_data, file, tmp_path).line()
        for left in tmp_path.glob("one.crmdesk*"):
            left.unlink()
    assert found == stated


def test_the_table_has_no_row_for_a_crash() -> None:
    rows = [Outcome(*line.split("\t")) for line in expected().values()]
    assert len(rows) == 475
    assert all(row.why if not row.read else row.read.isdigit() for row in rows)


def snapshot(store: Store) -> list[Any]:
    with store.read() as reader:
        person = reader.one(
            "SELECT t.given_name, t.family_name, t.role, t.birthday, c.name FROM contact t LEFT JOIN company c ON c.id = t.company_id WHERE t.deleted_at IS NULL"
        )
        parts = [sorted(row for (row,) in reader.rows(sql)) for sql in (
            "SELECT p.number FROM phone p WHERE p.deleted_at IS NULL", "SELECT e.address FROM email e WHERE e.deleted_at IS NULL",
            "SELECT ifnull(a.city, '') || ' ' || ifnull(a.postal_code, '') || ' ' || ifnull(a.country, '') FROM address a WHERE a.deleted_at IS NULL",
        )]  # fmt: skip
        return [person, *parts]


@pytest.mark.parametrize("name", ["gmail", "tb_plain"])
def test_roundcubes_tables_become_what_roundcube_says(store: Store, shared_data: Path, name: str) -> None:
    """The table imported, and the card that Roundcube makes of it imported, are the same person."""
    folder = shared_data / "06_contact_csv" / "roundcube_fixtures"
    found = []
    for ending in ("csv", "vcf"):
        import_file(store, "contact", folder / f"{name}.{ending}", ImportOptions(rejects=None))
        found.append(snapshot(store))
        store.undo()
    assert found[0] == found[1]


@pytest.mark.parametrize(("name", "column", "region"), [
    ("phone_examples_fixed_line", "national", "region"), ("phone_examples_fixed_line", "international", "region"), ("phone_examples_fixed_line", "rfc3966", "region"),
    ("phone_parse_cases_google", "input", "default_region"),
])  # fmt: skip
def test_phones_become_the_stated_international_numbers(store: Store, tmp_path: Path, shared_data: Path, name: str, column: str, region: str) -> None:
    path = shared_data / "07_phones_names_text" / f"{name}.csv"
    numbered = tmp_path / "numbered.csv"
    with path.open(encoding="utf-8", newline="") as source, numbered.open("w", encoding="utf-8", newline="") as target:
        rows = list(csv.DictReader(source))
        writer = csv.writer(target)
        writer.writerow(("Family name", "Phone", "Country"))
        writer.writerows((str(number), row[column], row[region]) for number, row in enumerate(rows))
    result = import_file(store, "contact", numbered, ImportOptions(on_duplicate="add", region="ZZ"))
    assert result.rejected == 0
    with store.read() as reader:
        ours = {
            int(number): (e164, extension)
            for number, e164, extension in reader.rows(
                "SELECT t.family_name, p.e164, p.extension FROM phone p JOIN contact t ON t.id = p.contact_id WHERE p.position = 0"
            )
        }
    missed = {}
    for number, row in enumerate(rows):
        text, verdict = row[column].strip(), row.get("verdict", "VALID")
        if not text or row[region] in {"", "ZZ"} or re.search(r"[;,]+\s*\d", text) or "::" in text:
            continue  # in a cell these signs stand between several numbers
        # What is no possible number of its country is kept as it was written, and has no international form.
        stated = row["expected_e164"] if verdict not in {"IMPOSSIBLE", "TOO_LONG", "TOO_SHORT"} else None
        if (ours.get(number) or (None,))[0] != (stated or None) or (stated and row.get("extension") and (ours[number][1] != row["extension"])):
            missed[number] = (text, row[region], ours.get(number), stated)
    assert missed == {}
