"""Files inside the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.errors import DamageFound, UserError
from crmdesk.models.customer import Company, Contact
from crmdesk.operations import attachments, records
from crmdesk.store import Change, Store, operation
from crmdesk.store.verify import verify
from tests.made import make

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID


@operation("Spoil", right="store.write")
def spoil(change: Change) -> None:
    change.execute("UPDATE attachment_piece SET content = x'00' WHERE position = 0")


@pytest.fixture
def company(store: Store) -> UUID:
    return store.run(make, Company, name="Alfreds Futterkiste")


@pytest.mark.parametrize("size", [0, 1, attachments.PIECE, 3 * attachments.PIECE + 7])
def test_a_file_comes_back_as_it_went_in(store: Store, company: UUID, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    file = store.run(attachments.attach, "company", company, "drawing.pdf", content)
    with store.read() as reader:
        assert attachments.content(reader, file) == content
        known = attachments.file(reader, file)
    assert (known.name, known.mime, known.size) == ("drawing.pdf", "application/pdf", size)


def test_a_file_is_read_from_its_path_and_written_to_another(store: Store, company: UUID, tmp_path: Path) -> None:
    source = tmp_path / "offer.txt"
    source.write_bytes(b"hello" * 500_000)
    file = store.run(attachments.attach, "company", company, source.name, source)
    with store.read() as reader:
        attachments.save_to(reader, file, tmp_path / "copy.txt")
        assert (tmp_path / "copy.txt").read_bytes() == source.read_bytes()
        with pytest.raises(UserError, match="exists already"):
            attachments.save_to(reader, file, tmp_path / "copy.txt")


def test_a_missing_file_is_named(store: Store, company: UUID, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.txt can't be read"):
        store.run(attachments.attach, "company", company, "gone.txt", tmp_path / "gone.txt")


def test_a_file_beyond_the_limit_leaves_nothing_behind(store: Store, company: UUID, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 2 * attachments.PIECE)
    (tmp_path / "film.mp4").write_bytes(bytes(2 * attachments.PIECE + 1))
    for content in (tmp_path / "film.mp4", bytes(2 * attachments.PIECE + 1)):
        with pytest.raises(UserError, match="up to 2 MB"):
            store.run(attachments.attach, "company", company, "film.mp4", content)
    with store.read() as reader:
        assert reader.one("SELECT (SELECT count(*) FROM attachment), (SELECT count(*) FROM attachment_piece)") == (0, 0)


def test_a_contacts_file_lies_with_the_company_too(store: Store, company: UUID) -> None:
    contact = store.run(make, Contact, given_name="Maria", company_id=company)
    deal = store.run(records.add, "deal", {"name": "Rollout", "company": company})
    store.run(attachments.attach, "contact", contact, "card.png", b"png")
    store.run(attachments.attach, "deal", deal, "plan.pdf", b"pdf")
    with store.read() as reader:
        assert {file.name for file in attachments.files(reader, "company", company)} == {"card.png", "plan.pdf"}
        assert [file.name for file in attachments.files(reader, "contact", contact)] == ["card.png"]


def test_damage_is_noticed_and_no_half_file_is_left(store: Store, company: UUID, tmp_path: Path) -> None:
    file = store.run(attachments.attach, "company", company, "drawing.pdf", b"content")
    store.run(spoil)
    with store.read() as reader:
        with pytest.raises(DamageFound, match=r"drawing\.pdf is damaged"):
            attachments.content(reader, file)
        with pytest.raises(DamageFound):
            attachments.save_to(reader, file, tmp_path / "drawing.pdf")
    assert not (tmp_path / "drawing.pdf").exists()


def test_attaching_is_undone_and_redone(store: Store, company: UUID) -> None:
    file = store.run(attachments.attach, "company", company, "drawing.pdf", b"content")
    assert store.undo() == "Attach file: drawing.pdf"
    with store.read() as reader, pytest.raises(UserError):
        attachments.file(reader, file)
    store.redo()
    with store.read() as reader:
        assert attachments.content(reader, file) == b"content"
    assert verify(store, deep=True) == []


def test_a_file_for_nothing_that_exists_is_refused(store: Store) -> None:
    with pytest.raises(UserError, match="does not exist"):
        store.run(attachments.attach, "company", store.viewer.member_id, "x.pdf", b"")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="can't be attached"):
        store.run(attachments.attach, "setting", store.viewer.member_id, "x.pdf", b"")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\offer.pdf", "offer.pdf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\nc.txt", "abc.txt"),
        ("what?.txt", "what_.txt"),
        ("...", "file"),
        ("", "file"),
        ("name. ", "name"),
        ("报价单 2026.pdf", "报价单 2026.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_harmless(given_name: str, kept: str) -> None:
    assert attachments.clean_name(given_name) == kept


@given(st.text(max_size=300))
def test_a_cleaned_name_is_a_plain_file_name_and_stays_as_it_is(name: str) -> None:
    cleaned = attachments.clean_name(name)
    assert cleaned
    assert len(cleaned) <= 125
    assert not set(cleaned) & set('/\\<>:"|?*\0')
    assert cleaned not in {".", ".."}
    assert attachments.clean_name(cleaned) == cleaned
