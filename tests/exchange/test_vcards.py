"""Address cards as Apple, Google, Outlook and Android write them become contacts with everything that they say."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.queries import attachments

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def taken(store: Store, folder: Path, text: str | bytes, entity: str = "contact", **options: Any) -> ImportResult:
    path = folder / "people.vcf"
    path.write_bytes(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode("utf-8"))
    return import_file(store, entity, path, ImportOptions(**options))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def card(*lines: str, version: str = "3.0") -> str:
    return "\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def test_a_card_of_an_iphone_arrives_whole(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, card(
        "PRODID:-//Apple Inc.//iOS 17.5//EN", "N:von Berg;Anna;Maria;Dr.;", "FN:Dr. Anna Maria von Berg", "ORG:Acme\\, Inc.;Sales;South", "TITLE:Buyer",
        "EMAIL;type=INTERNET;type=HOME:anna@home.example", "EMAIL;type=INTERNET;type=WORK;type=pref:anna@acme.example", "TEL;type=CELL;type=VOICE;type=pref:+49 151 23456789",
        "item1.TEL:030 123456", "item1.X-ABLabel:Reception", "item2.ADR;type=WORK:;;Main St. 1\\nBack door;Berlin;;10115;Germany", "item2.X-ABADR:de",
        "item3.URL;type=pref:https://acme.example", "item3.X-ABLabel:_$!<HomePage>!$_", "IMPP;X-SERVICE-TYPE=Skype;type=HOME:skype:anna.berg",
        "X-SOCIALPROFILE;type=twitter:https://twitter.com/anna", "BDAY:1980-03-22", "NOTE:Likes tea\\, not coffee;\\nreally", "CATEGORIES:Customer,VIP", "UID:4711", "item4.X-ABRELATEDNAMES:Bob",
    ))  # fmt: skip
    assert (result.read, result.added, result.rejected, result.product, result.created) == (1, 1, 0, "Apple", {"company": 1, "tag": 2})
    assert result.notes == ("Left out, since contacts have no place for it: RELATED",)
    assert rows(store, "SELECT t.given_name, t.family_name, t.title, t.role, t.department, t.birthday, t.external_id, t.source, c.name FROM contact t JOIN company c ON c.id = t.company_id") == [
        ("Anna Maria", "von Berg", "Dr.", "Buyer", "Sales / South", "1980-03-22", "4711", "vCard", "Acme, Inc.")
    ]  # fmt: skip
    assert rows(store, "SELECT label, number, e164 FROM phone ORDER BY position") == [
        ("mobile", "+49 151 23456789", "+4915123456789"),
        ("Reception", "030 123456", "+4930123456"),
    ]
    assert rows(store, "SELECT label, address FROM email ORDER BY position") == [("work", "anna@acme.example"), ("home", "anna@home.example")]
    assert rows(store, "SELECT label, street, postal_code, city, country FROM address") == [("work", "Main St. 1\nBack door", "10115", "Berlin", "Germany")]
    assert rows(store, "SELECT label, handle FROM handle ORDER BY position") == [
        ("skype", "anna.berg"),
        ("twitter", "https://twitter.com/anna"),
        ("website", "https://acme.example"),
    ]
    assert rows(store, "SELECT text FROM memo") == [("Likes tea, not coffee;\nreally",)]


def test_quoted_printable_runs_over_several_lines(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, card(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BCrgen;;;", "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=utf-8:one =E2=82=", "=AC two=0D=0A=", "three", "TEL;CELL:0151 1234567",
        version="2.1",
    ))  # fmt: skip
    assert rows(store, "SELECT given_name, family_name FROM contact") == [("Jürgen", "Müller")]
    assert rows(store, "SELECT text FROM memo") == [("one € two\nthree",)]


@pytest.mark.parametrize(("charset", "codec"), [("SHIFT_JIS", "cp932"), ("WINDOWS-1252", "cp1252"), ("", "cp1252"), ("GB2312", "gb18030"), ("UTF-8", "utf-8")])
def test_each_line_is_read_in_its_own_encoding(store: Store, tmp_path: Path, charset: str, codec: str) -> None:
    name = {"cp932": "安藤", "gb18030": "王小明", "cp1252": "Müller"}.get(codec, "Łukasz")
    says = f";CHARSET={charset}" if charset else ""
    taken(store, tmp_path, f"BEGIN:VCARD\r\nVERSION:2.1\r\nN{says}:{name};X;;;\r\nEND:VCARD\r\n".encode(codec))
    assert rows(store, "SELECT family_name FROM contact") == [(name,)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_cards_in_wide_encodings_are_read(store: Store, tmp_path: Path, encoding: str) -> None:
    assert taken(store, tmp_path, card("N:Müller;Eva;;;").encode(encoding)).added == 1
    assert rows(store, "SELECT name FROM contact") == [("Eva Müller",)]


def test_an_encoding_that_is_none_is_passed_over(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ut\0f:M\xc3\xbcller;Eva;;;\r\nORG;CHARSET=nonsense:B\xc3\xb6hm;;\r\nEND:VCARD\r\n")
    assert rows(store, "SELECT t.name, c.name FROM contact t JOIN company c ON c.id = t.company_id") == [("Eva Müller", "Böhm")]


def test_a_picture_is_kept_beside_the_contact_and_goes_with_the_undo(store: Store, tmp_path: Path) -> None:
    text = base64.b64encode(PNG).decode()
    folded = "\n ".join(text[i : i + 60] for i in range(0, len(text), 60))
    taken(
        store,
        tmp_path,
        card("N:Berg;Anna;;;", f"PHOTO;ENCODING=b;TYPE=PNG:{folded}") + card("N:Li;Bob;;;", f"PHOTO:data:image/png;base64,{text}", version="4.0"),
    )
    found = rows(store, "SELECT a.id, a.name, a.mime, a.size, t.given_name FROM attachment a JOIN contact t ON t.id = a.contact_id ORDER BY t.given_name")
    assert [row[1:] for row in found] == [("Picture.png", "image/png", len(PNG), "Anna"), ("Picture.png", "image/png", len(PNG), "Bob")]
    with store.read() as reader:
        assert attachments.content(reader, found[0][0]) == PNG
    store.undo()
    assert rows(store, "SELECT count(*) FROM attachment WHERE deleted_at IS NULL") == [(0,)]


def test_what_is_no_picture_is_not_kept(store: Store, tmp_path: Path) -> None:
    html = base64.b64encode(b"<script>alert(1)</script>").decode()
    result = taken(
        store, tmp_path, card("N:Berg;Anna;;;", f"PHOTO;ENCODING=b;TYPE=PNG:{html}") + card("N:Li;Bob;;;", "PHOTO;VALUE=uri:https://example.com/x.png")
    )
    assert (result.added, result.notes) == (2, ("1 picture is none, or larger than 2 MB: it was left out.",))
    assert rows(store, "SELECT count(*) FROM attachment") == [(0,)]


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_a_picture_that_is_too_large_is_refused_with_a_note(store: Store, tmp_path: Path, version: str) -> None:
    text = base64.b64encode(PNG * 2100).decode()
    assert len(PNG) * 2100 > 2 << 20
    photo = (
        f"PHOTO:data:image/png;base64,{text}"
        if version == "4.0"
        else "PHOTO;ENCODING=b;TYPE=PNG:" + "\n ".join(text[i : i + 60] for i in range(0, len(text), 60))
    )
    result = taken(store, tmp_path, card("N:Berg;Anna;;;", photo, version=version) + card("N:Li;Bob;;;"))
    assert (result.added, result.notes) == (2, ("1 picture is none, or larger than 2 MB: it was left out.",))
    assert rows(store, "SELECT count(*) FROM attachment") == [(0,)]


def test_cards_of_companies_become_companies(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, card("KIND:org", "FN:Acme", "TEL;TYPE=work:+4930123456", "URL:https://acme.example", version="4.0")
                   + card("FN:Beta GmbH", "ORG:Beta GmbH", "X-ABShowAs:COMPANY", "N:;;;;") + card("FN:Gamma", "ORG:Gamma", "EMAIL:info@gamma.example"))  # fmt: skip
    assert (result.read, result.added, result.created) == (3, 0, {"company": 3})
    assert rows(store, "SELECT name, website FROM company ORDER BY name") == [("Acme", "https://acme.example"), ("Beta GmbH", None), ("Gamma", None)]


def test_a_birthday_without_a_year_keeps_its_day(store: Store, tmp_path: Path) -> None:
    taken(
        store,
        tmp_path,
        card("FN:Eva Klein", "BDAY:--0214", version="4.0")
        + card("FN:Bob Li", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-14")
        + card("FN:Al Gore", "BDAY;VALUE=text:circa 1800", version="4.0"),
    )
    assert rows(store, "SELECT birthday FROM contact ORDER BY name") == [(None,), ("1604-02-14",), ("1604-02-14",)]
    assert rows(store, "SELECT text FROM memo") == [("Birthday: circa 1800",)]


def test_a_broken_card_is_rejected_alone_and_comes_back_as_a_card(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, card("N:Berg;Anna;;;") + card("X-NOTHING:here") + "BEGIN:VCARD\nVERSION:3.0\nN:Cut;Off\n")
    assert [(problem.line, problem.reason) for problem in result.problems] == [(5, "The card is empty."), (9, "It has no end: the file is cut off here.")]
    assert result.rejects_file
    back = (tmp_path / "people-rejected.vcf").read_text(encoding="utf-8")
    assert back.count("BEGIN:VCARD") == back.count("END:VCARD") == 2
    assert "X-CRMDESK-REASON:The card is empty." in back
    assert import_file(store, "contact", tmp_path / "people-rejected.vcf", ImportOptions(dry_run=True)).added == 1  # the card that had no end has one now


def test_a_card_of_millions_of_short_lines_is_rejected_alone_before_it_fills_the_memory(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, card("FN:Folded", "NOTE:x\r\n" + " x\r\n" * 700_000) + card("FN:Anna Berg"))
    assert (result.added, [problem.reason for problem in result.problems]) == (1, ["It is larger or deeper than any real one."])


def test_a_missing_end_does_not_swallow_the_next_card(store: Store, tmp_path: Path) -> None:
    assert taken(store, tmp_path, "BEGIN:VCARD\nFN:One Person\n" + card("FN:Two Person") + "garbage\n\n" + card("FN:Three Person")).added == 3


def test_cards_that_come_again_are_known_by_their_id(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, card("FN:Anna Berg", "UID:urn:uuid:1", "TITLE:Buyer"))
    again = taken(store, tmp_path, card("FN:Anna von Berg", "UID:urn:uuid:1", "TITLE:Head buyer"), on_duplicate="overwrite")
    assert (again.added, again.updated) == (0, 1)
    assert rows(store, "SELECT name, role FROM contact") == [("Anna von Berg", "Head buyer")]


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
def test_cards_without_an_id_come_once_however_often_they_are_imported(store: Store, tmp_path: Path, mode: str) -> None:
    text = (
        card("FN:Anna Berg") + card("FN:Anna Berg", "TEL:030 123456") + card("FN:Anna Berg", "EMAIL:anna@acme.example") + card("N:Li;Bob;;;", "ORG:Acme", "TEL:+49 30 7654321")
        + card("TEL:0151 23456789") + card("EMAIL:nobody@acme.example") + card("FN:Bolt AG", "ORG:Bolt AG", "X-ABShowAs:COMPANY") + card("FN:Cleo Wu", "BDAY:1980-03-22", "NOTE:Tea")
        + card("FN:Dora Ott", "ADR:;;Main St. 1;Berlin;;10115;Germany") + card("NICKNAME:Joe") + card("FN:Eva Rot", "TEL:123") + card("FN:Eva Rot", "IMPP:skype:eva")
    )  # fmt: skip
    first = taken(store, tmp_path, text, on_duplicate=mode)
    again = taken(store, tmp_path, text, on_duplicate=mode)
    assert (again.read, again.added, again.updated) == (first.read, 0, 0)
    assert again.created == {}
    assert again.rejected == first.rejected


def test_an_address_that_is_none_does_not_cost_the_card(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, card("FN:Anna Berg", "EMAIL:nonsense", "EMAIL:anna@acme.example", "TEL:tel:+49-30-123456;ext=12"))
    assert result.rejected == 0
    assert rows(store, "SELECT address FROM email") == [("anna@acme.example",)]
    assert rows(store, "SELECT text FROM memo") == [("nonsense",)]
    assert rows(store, "SELECT e164, extension FROM phone") == [("+4930123456", "12")]


def test_leads_come_from_cards_too(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, card("N:Berg;Anna;;;", "ORG:Acme;Sales", "TITLE:Buyer", "EMAIL:anna@acme.example"), entity="lead")
    assert result.added == 1
    assert rows(store, "SELECT name, company_name, role FROM lead") == [("Anna Berg", "Acme", "Buyer")]


def test_cards_are_refused_where_they_mean_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="become contacts or leads"):
        taken(store, tmp_path, card("FN:Anna Berg"), entity="deal")
    (tmp_path / "no.vcf").write_text("VERSION:3.0\nFN:Nobody\n", encoding="utf-8")
    with pytest.raises(UserError, match="holds no address card"):
        open_table(tmp_path / "no.vcf")
    (tmp_path / "cards.csv").write_text(card("FN:Anna Berg"), encoding="utf-8")
    with pytest.raises(UserError, match="not what its name says"):
        open_table(tmp_path / "cards.csv")
