"""All data out in one zip and into a new store: nothing is lost, nothing is taken from a file that was made to do harm."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from crmdesk.errors import Cancelled, DamageFound, NotAllowed, UserError
from crmdesk.exchange.out.everything import export_all, import_all
from crmdesk.models.base import ENTITIES
from crmdesk.operations import attachments, quotes, records, sample
from crmdesk.operations.stores import new_store
from crmdesk.store import open_store
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmdesk.store import Store
    from crmdesk.store.keys import Key


@pytest.fixture(scope="module")
def full(template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample store with files, own fields, a bin and a draft view, taken out once."""
    folder = tmp_path_factory.mktemp("full")
    with open_store(shutil.copy(template[0], folder / "full.crmdesk"), key=template[1], anywhere=True) as store:
        store.run(sample.fill)
        with store.read() as reader:
            from uuid import UUID

            company, contact = (
                UUID(bytes=reader.value(f"SELECT id FROM {name} WHERE deleted_at IS NULL ORDER BY id LIMIT 1")) for name in ("company", "contact")
            )
            draft = reader.value("SELECT id FROM quote WHERE status = 'draft' AND deleted_at IS NULL LIMIT 1")
        store.run(attachments.attach, "company", company, "Vertrag 中文.txt", "Grüße".encode() * 400_000)
        store.run(attachments.attach, "contact", contact, "empty.bin", b"")
        own = store.run(records.add, "custom_field", {"about": "contact", "name": "shoe_size", "label": "Shoe size", "kind": "decimal"})
        assert own
        store.run(records.edit, "contact", [contact], {"shoe_size": "42.5", "note": "=1+1\n\x00🎉 <&>"})
        store.run(records.add, "deal", {"name": "In yen", "amount": "1200 JPY"})
        binned = store.run(records.add, "contact", {"name": "Gone Person", "phone": "+49 30 1"})
        store.run(records.delete, "contact", [binned])
        if draft:
            store.run(quotes.issue, UUID(bytes=draft))
        export_all(store, folder / "all.zip")
        yield folder


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Store]:
    with new_store(
        tmp_path / "new.crmdesk", "correct horse battery", owner="Somebody Else", currency="USD", region="US", language="de", anywhere=True
    ) as store:
        yield store


@pytest.fixture
def source(full: Path, template: tuple[Path, Key]) -> Iterator[Store]:
    with open_store(full / "full.crmdesk", key=template[1], anywhere=True) as store:
        yield store


def tables(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.read() as reader:
        found = {
            name: reader.rows(f'SELECT {", ".join(f"{chr(34)}{column}{chr(34)}" for column in cls.columns)} FROM "{name}" ORDER BY id')
            for name, cls in ENTITIES.items()
        }
        found["pieces"] = reader.rows("SELECT attachment_id, position, content FROM attachment_piece ORDER BY 1, 2")
        return found


def test_everything_comes_back_in_a_new_store(full: Path, source: Store, fresh: Store) -> None:
    taken = import_all(fresh, full / "all.zip")
    before, after = tables(source), tables(fresh)
    for name in before:
        assert after[name] == before[name], name
    assert taken.rows == sum(len(rows) for name, rows in before.items() if name != "pieces")
    assert taken.files == len(before["attachment"])
    assert sum(bool(row) for row in before.values()) > 25
    assert verify(fresh, deep=True) == []


def test_the_new_store_belongs_to_who_took_the_data_out_and_works_on(full: Path, fresh: Store, source: Store) -> None:
    import_all(fresh, full / "all.zip")
    path, key = fresh.path, fresh.key
    with open_store(path, key=type(key)(key.reveal()), anywhere=True) as store:
        assert (store.viewer, store.settings) == (source.viewer, source.settings)
        with store.read() as reader:
            last = reader.value("SELECT max(number) FROM ticket")
        ticket = store.run(records.add, "ticket", {"subject": "New one"})
        with store.read() as reader:
            assert reader.value("SELECT number FROM ticket WHERE id = ?", (ticket.bytes,)) > last
            file = reader.value("SELECT id FROM attachment WHERE name = 'Vertrag 中文.txt'")
            from uuid import UUID

            assert attachments.content(reader, UUID(bytes=file)) == "Grüße".encode() * 400_000
            assert reader.rows("SELECT 1 FROM quote WHERE frozen IS NOT NULL AND pdf_sha256 IS NOT NULL") is not None


def test_the_zip_says_what_is_in_it(full: Path) -> None:
    with zipfile.ZipFile(full / "all.zip") as archive:
        assert archive.testzip() is None
        assert "import all" in archive.read("README.txt").decode()
        fields = json.loads(archive.read("fields.json"))
        contacts = json.loads(archive.read("records/contact.json"))
        deals = json.loads(archive.read("records/deal.json"))
        manifest = json.loads(archive.read("manifest.json"))
        assert [name for name in archive.namelist() if name.endswith("/Vertrag 中文.txt")]
    assert {"name": "company", "kind": "link", "label": "Company", "target": "company"} in fields["contact"]["fields"]
    assert any(contact.get("deleted_at") for contact in contacts if contact.get("name") == "Gone Person")
    assert [deal["amount"] for deal in deals if deal["name"] == "In yen"] == ["1200"]
    assert manifest["records"]["contact"]["rows"] == len(contacts)
    assert set(fields) == set(manifest["records"]) == set(ENTITIES)


def test_a_store_in_which_somebody_worked_takes_nothing_over(full: Path, fresh: Store) -> None:
    fresh.run(records.add, "company", {"name": "Mine"})
    fresh.undo()
    before = tables(fresh)
    with pytest.raises(UserError, match="not empty"):
        import_all(fresh, full / "all.zip")
    assert tables(fresh) == before


def test_only_the_owner_takes_everything(full: Path, source: Store, fresh: Store, tmp_path: Path) -> None:
    source.act_as("manager")
    fresh.act_as("manager")
    with pytest.raises(NotAllowed):
        export_all(source, tmp_path / "x.zip")
    with pytest.raises(NotAllowed):
        import_all(fresh, full / "all.zip")
    assert not (tmp_path / "x.zip").exists()


def test_it_tells_how_far_it_is_and_can_be_stopped(full: Path, source: Store, fresh: Store, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export_all(source, tmp_path / "x.zip", lambda done, total: told.append((done, total)))
    assert told
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        export_all(source, tmp_path / "y.zip", stop)
    before = tables(fresh)
    with pytest.raises(Cancelled):
        import_all(fresh, full / "all.zip", stop)
    assert tables(fresh) == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".zip" or path.name.startswith(".")] == ["x.zip"]
    with pytest.raises(UserError, match="exists already"):
        export_all(source, tmp_path / "x.zip")


def test_what_was_taken_out_stands_in_the_journal(source: Store, tmp_path: Path) -> None:
    taken = export_all(source, tmp_path / "x.zip")
    with source.read() as reader:
        about, detail = reader.one("SELECT about, detail FROM journal_tx ORDER BY id DESC LIMIT 1") or ("", "")
    assert (about, json.loads(detail)["entity"], json.loads(detail)["rows"]) == ("x.zip", "all", taken.rows)


def test_a_damaged_file_is_not_taken_out(source: Store, tmp_path: Path) -> None:
    with source.writer_alone() as writer:
        kept = writer.execute("SELECT attachment_id, position, content FROM attachment_piece ORDER BY 1, 2 LIMIT 1").fetchone()
        writer.execute("UPDATE attachment_piece SET content = ? WHERE attachment_id = ? AND position = ?", (b"x", kept[0], kept[1]))
    try:
        with pytest.raises(DamageFound, match="damaged"):
            export_all(source, tmp_path / "x.zip")
        assert not (tmp_path / "x.zip").exists()
    finally:
        with source.writer_alone() as writer:
            writer.execute("UPDATE attachment_piece SET content = ? WHERE attachment_id = ? AND position = ?", (kept[2], kept[0], kept[1]))


# ---- what is no file of ours ----


def rewritten(full: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(full / "all.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name.startswith("files/") else zipfile.ZIP_DEFLATED)
    return target


def with_record(parts: dict[str, bytes], entity: str, edit: Callable[[list[Any]], None]) -> None:
    """Change records and the manifest with them, as somebody who knows the format would."""
    name = f"records/{entity}.json"
    rows = json.loads(parts[name])
    edit(rows)
    parts[name] = ("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n").encode()
    manifest = json.loads(parts["manifest.json"])
    manifest["records"][entity] = {"rows": len(rows), "sha256": hashlib.sha256(parts[name]).hexdigest()}
    parts["manifest.json"] = json.dumps(manifest).encode()


def said(parts: dict[str, bytes], **values: Any) -> None:
    parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), **values}).encode()


def first_file(parts: dict[str, bytes]) -> str:
    return next(name for name in parts if name.startswith("files/") and parts[name])


HARMFUL: dict[str, tuple[Callable[[dict[str, bytes]], Any], str]] = {
    "a path that leads out": (lambda parts: parts.update({"../evil.txt": b"x"}), "nothing that we write"),
    "a file with a path in its name": (lambda parts: parts.update({f"files/{uuid4()}/a:b": b"x"}), "nothing that we write"),
    "another table": (lambda parts: parts.update({"records/journal.json": b"[]"}), "nothing that we write"),
    "a bomb": (lambda parts: parts.update({"records/tag.json": b" " * (64 << 20)}), "larger than it could be"),
    "no manifest": (lambda parts: parts.pop("manifest.json"), "is missing"),
    "a manifest that is none": (lambda parts: parts.update({"manifest.json": b"[1]"}), "manifest can't be read"),
    "a newer format": (lambda parts: said(parts, version=2), "newer CRMDesk"),
    "a table that is not there": (lambda parts: parts.pop("records/tag.json"), "is missing"),
    "a changed table": (
        lambda parts: parts.update({"records/contact.json": parts["records/contact.json"].replace(b'"given_name"', b'"given_name" ', 1)}),
        "was changed",
    ),
    "no record": (lambda parts: with_record(parts, "tag", lambda rows: rows.append([1])), "no record"),
    "an unknown field": (lambda parts: with_record(parts, "tag", lambda rows: rows.append({"id": str(uuid4()), "name": "x", "evil": 1})), "no field"),
    "a value of another kind": (lambda parts: with_record(parts, "company", lambda rows: rows[0].update(employees="many")), "no value for employees"),
    "an id that is none": (lambda parts: with_record(parts, "company", lambda rows: rows[0].update(id="1")), "no value for id"),
    "a link to nothing": (lambda parts: with_record(parts, "contact", lambda rows: rows[0].update(company=str(uuid4()))), "does not exist"),
    "a record twice": (lambda parts: with_record(parts, "tag", lambda rows: rows.append(rows[-1])), "comes twice"),
    "a member who is not there": (lambda parts: said(parts, member=str(uuid4())), "whose data it is"),
    "a changed file": (lambda parts: parts.update({first_file(parts): b"other"}), "was changed"),
    "a missing file": (lambda parts: parts.pop(first_file(parts)), "not those of its records"),
    "a file too many": (lambda parts: parts.update({f"files/{uuid4()}/x.txt": b"x"}), "not those of its records"),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_a_file_that_is_not_as_we_write_it_is_refused_whole(full: Path, fresh: Store, tmp_path: Path, what: str) -> None:
    change, reason = HARMFUL[what]
    path = rewritten(full, tmp_path / "bad.zip", change)
    before = tables(fresh)
    with pytest.raises(UserError, match=reason):
        import_all(fresh, path)
    assert tables(fresh) == before


def test_what_is_no_zip_is_refused(fresh: Store, tmp_path: Path, full: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 nothing")
    (tmp_path / "b.zip").write_bytes((full / "all.zip").read_bytes()[:20_000])
    for name in ("a.zip", "b.zip", "c.zip"):
        with pytest.raises(UserError):
            import_all(fresh, tmp_path / name)
