"""The command line as other programs call it: arguments in, one JSON document and an exit code out."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from crmdesk import clock
from crmdesk.cli import main
from crmdesk.store import open_store
from tests.cli.conftest import PASSPHRASE, Program

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store.keys import Key


def test_init_makes_a_store_and_never_overwrites_one(typed: Program, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.crmdesk"
    typed.store = fresh
    assert typed("init", fresh, "--currency", "CNY", "--region", "CN", "--language", "zh") == {"store": str(fresh), "sample": False}
    assert "exists already" in typed("init", fresh, code=4)
    facts = typed("info")
    assert facts["counts"]["stage"] == 6
    assert facts["store"] == str(fresh)
    assert facts["cipher"].startswith("4.")
    assert typed("verify", "--deep") == {"ok": True, "problems": []}


def test_the_passphrase_comes_from_a_file_before_the_environment(typed: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = tmp_path / "words.txt"
    words.write_text(PASSPHRASE + "\n", encoding="utf-8")
    monkeypatch.setenv("CRMDESK_PASSPHRASE", "wrong wrong wrong")
    code, _, _ = typed.run("--passphrase-file", words, "info")
    assert code == 0
    words.write_text(PASSPHRASE + "\r\n", encoding="utf-8-sig")
    code, _, _ = typed.run("--passphrase-file", words, "info")
    assert code == 0
    assert typed("info", code=3)


def test_failures_say_what_where_and_what_to_do_with_their_exit_code(crm: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [
        (("show", "contact", "nobody"), 4), (("frobnicate",), 2), (("add", "contact", "email=not a mail"), 4), (("add", "contact", "foo"), 2), (("add", "gadget", "name=x"), 4),
        (("list", "company", "--where", "employees > many"), 4), (("list", "company", "--where", "nothing = 1"), 4), (("list", "company", "--sort", "nothing"), 4),
        (("list", "company", "--limit", "x"), 2), (("import", "contact", tmp_path / "nowhere.csv"), 4), (("undo",), 4), (("set", "company", "x", "name=y"), 4),
        (("deal", "move", "x", "Won"), 4), (("backup", tmp_path / "no" / "where.crmdesk"), 4), (("report", "nothing"), 4), (("quote", "add", tmp_path / "no.json"), 4),
        (("quote", "pdf", "Q-1", tmp_path / "a.pdf"), 4), (("--as", "emperor", "list", "company"), 2), (("--as", "read-only", "add", "company", "name=x"), 5), (("--as", "read_only", "add", "company", "name=x"), 5),
        (("list", "company", "--limit", 10**30), 2), (("search", "x", "--limit", 10**30), 2), (("audit", "--limit", "-1"), 2), (("undo", "--transaction", 10**30), 2),
        (("list", "company", "--where", f"name ~ {'x' * 60_000}"), 4), (("show", "company", "x" * 50_000), 4), (("preview", "?", tmp_path / "x.csv", "--rows", 10**30), 2),
        (("attach", "company", "x", tmp_path / "no.txt"), 4), (("trash", "restore", "company", "x"), 4), (("ticket", "reply", "T-1", "hello"), 4),
    ]  # fmt: skip
    for words, code in cases:
        said = crm(*words, code=code)
        assert 0 < len(said) < 1000, words
    monkeypatch.delenv("CRMDESK_RECOVERY_KEY")
    monkeypatch.setenv("CRMDESK_PASSPHRASE", "wrong wrong wrong")
    assert "does not open" in crm("list", "contact", code=3)
    crm.store = tmp_path / "nowhere.crmdesk"
    assert "no store at" in crm("list", "contact", code=3)


def test_a_record_is_added_shown_changed_found_deleted_and_given_back(crm: Program) -> None:
    company = crm(
        "add",
        "company",
        "name=Alfreds Futterkiste",
        "phone=030-0074321",
        "phone.fax=030-0076545",
        "city=Berlin",
        "tags=Key account,cold-chain",
        "revenue=1200000 EUR",
    )
    assert company["revenue"] == {"amount": "1200000.00", "currency": "EUR"}
    assert [(phone["label"], phone["e164"]) for phone in company["phone"]] == [(None, "+49300074321"), ("fax", "+49300076545")]
    contact = crm("add", "contact", "name=Dr. Anna von Berg", "company=Alfreds Futterkiste", "email=anna@alfreds.example", "birthday=3.5.1979")
    assert (contact["given_name"], contact["family_name"], contact["title"], contact["birthday"]) == ("Anna", "von Berg", "Dr.", "1979-05-03")
    assert contact["company"] == {"id": company["id"], "title": "Alfreds Futterkiste"}
    assert crm("show", "company", "Alfreds Futterkiste")["related"] == {"contact": 1}
    changed = crm("set", "contact", contact["id"], "role=Buyer", "email.work=a2@alfreds.example")
    assert [mail["value"] for mail in changed["email"]] == ["anna@alfreds.example", "a2@alfreds.example"]
    assert crm("list", "contact", "--where", "company = Alfreds Futterkiste", "--where", "role = buyer", "--columns", "name,email")["total"] == 1
    assert crm("list", "company", "--where", "city ~ erl", "--where", "revenue >= 1000000", "--where", "tags = Key account", "--limit", "0") == {
        "total": 1,
        "rows": [],
    }
    assert crm("search", "anna")[0]["title"] == "Anna von Berg"
    assert [entry["label"] for entry in crm("history", "contact", contact["id"])] == ["Edit", "Add"]
    crm("delete", "contact", contact["id"])
    assert crm("list", "contact")["total"] == 0
    assert [item["title"] for item in crm("trash", "list")] == ["Anna von Berg"]
    assert crm("trash", "restore", "contact", "Anna von Berg")["name"] == "Anna von Berg"
    assert crm("undo")["undone"].startswith("Restore")
    assert crm("redo")["redone"].startswith("Restore")
    assert [entry["kind"] for entry in crm("audit")][:2] == ["redo", "undo"]


def test_fields_tell_everything_that_can_be_set(crm: Program) -> None:
    crm("add", "custom_field", "about=deal", "name=colour", "label=Colour", "kind=choice", "options=red,blue")
    by_name = {field["name"]: field for field in crm("fields", "deal")}
    assert by_name["stage"]["kind"] == "link"
    assert by_name["colour"]["kind"] == "choice"
    assert {"entity", "name", "label", "kind", "required", "searchable", "sensitivity", "choices"} == set(by_name["amount"])
    assert crm("add", "deal", "name=D", "colour=red")["colour"] == "red"
    assert "choices" in crm("set", "deal", "D", "colour=green", code=4)


def test_a_deal_moves_over_the_board_and_every_move_can_be_undone(crm: Program) -> None:
    crm("add", "deal", "name=Cold chain", "amount=1000 EUR")
    crm("add", "deal", "name=Foreign", "amount=500 USD")
    assert crm("deal", "move", "Cold chain", "Proposal")["stage"]["title"] == "Proposal"
    board = {row["stage"]: row for row in crm("board")}
    assert board["Proposal"]["count"] == 1
    assert board["Proposal"]["weighted"]["amount"] == "500.00"
    assert board["Qualify"]["amount"]["without_rate"] == [{"amount": "500.00", "currency": "USD"}]
    won = crm("deal", "move", "Cold chain", "Won")
    assert won["closed_on"]
    crm("undo")
    assert crm("show", "deal", "Cold chain")["closed_on"] is None
    assert crm("deal", "move", "Cold chain", "Lost", "--reason", "Price")["lost_reason"] == "Price"
    rates = crm("report", "win_rate")["rows"]
    assert rates


def test_a_lead_is_claimed_returned_and_converted(crm: Program) -> None:
    lead = crm("add", "lead", "name=Maria Rossi", "company_name=Rossi Srl", "email=maria@rossi.example", "phone=+39 02 1234567")
    assert lead["owner"] is None
    assert crm("lead", "claim", lead["id"])["owner"]["title"] == "Maria Becker"
    assert crm("lead", "return", lead["id"])["owner"] is None
    crm("lead", "claim", lead["id"])
    made = crm("lead", "convert", lead["id"])
    assert (made["company"]["name"], made["contact"]["name"]) == ("Rossi Srl", "Maria Rossi")
    assert made["contact"]["email"][0]["value"] == "maria@rossi.example"
    crm("undo")
    assert crm("list", "company")["total"] == 0


def test_a_ticket_is_answered_noted_and_closed(crm: Program) -> None:
    crm("add", "company", "name=Ernst Handel")
    ticket = crm("add", "ticket", "subject=Cooling unit alarm", "company=Ernst Handel", "priority=urgent")
    assert ticket["number"] == "T-0001"
    assert ticket["first_reply_due_at"]
    answered = crm("ticket", "reply", "T-0001", "We are on our way.")
    assert answered["first_replied_at"]
    crm("ticket", "note", "T-0001", "Known issue")
    closed = crm("ticket", "close", "T-0001", "Replaced the fan", "--csat", "5")
    assert (closed["status"], closed["csat"]) == ("closed", 5)
    assert [message["kind"] for message in closed["messages"]] == ["out", "note"]


@pytest.fixture
def past_quote(crm: Program, tmp_path: Path) -> str:
    """Issue a quote whose last day has passed since; return its number."""
    document = tmp_path / "past.json"
    document.write_text(
        json.dumps({"currency": "EUR", "valid_until": "2026-11-30", "lines": [{"description": "Box", "unit_price": "10.00"}]}), encoding="utf-8"
    )
    with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        return str(crm("quote", "issue", crm("quote", "add", document)["id"])["number"])


def test_a_quote_past_its_last_day_is_expired_for_commands_too(crm: Program, past_quote: str) -> None:
    with clock.frozen(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        assert crm("--as", "read_only", "show", "quote", past_quote)["status"] == "issued"
        assert crm("list", "quote", "--where", "status = expired")["total"] == 1
        assert [entry["label"] for entry in crm("audit")].count("Expire quotes") == 1


def test_while_another_program_writes_a_quote_past_its_last_day_waits(crm: Program, past_quote: str, template: tuple[Path, Key]) -> None:
    with clock.frozen(datetime(2026, 12, 1, 12, tzinfo=UTC)), open_store(crm.store, key=template[1], anywhere=True) as other:
        with other.writer_alone() as writer:
            writer.execute("BEGIN IMMEDIATE")
            assert crm("show", "quote", past_quote)["status"] == "issued"
            writer.execute("ROLLBACK")
        assert crm("show", "quote", past_quote)["status"] == "expired"


def test_issuing_without_a_sender_is_remarked_and_not_refused(crm: Program, tmp_path: Path) -> None:
    document = tmp_path / "quote.json"
    document.write_text(json.dumps({"currency": "EUR", "lines": [{"description": "Box", "unit_price": "10.00"}]}), encoding="utf-8")
    code, _, err = crm.run("quote", "issue", crm("quote", "add", document)["id"])
    said = "The letterhead has no sender: the name of your own company is empty. Set it as in: crmdesk set setting company_name value="
    assert (code, err.startswith(said)) == (0, True)
    crm("set", "setting", "company_name", "value=Acme Ltd")
    code, _, err = crm.run("quote", "issue", crm("quote", "add", document)["id"])
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    "text", ['{"currency": "EUR", "currency": "USD", "lines": []}', '{"currency": "EUR", "lines": [{"unit_price": "1", "currency": "A", "currency": "B"}]}']
)
def test_a_key_that_stands_twice_in_a_document_is_refused_by_its_name(crm: Program, tmp_path: Path, text: str) -> None:
    document = tmp_path / "quote.json"
    document.write_text(text, encoding="utf-8")
    assert "“currency” stands twice" in crm("quote", "add", document, code=4)


def test_a_sheet_of_a_file_without_sheets_is_passed_over_with_a_word(crm: Program, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,Email\nAnna Berg,anna@berg.example\n", encoding="utf-8")
    assert "“people.csv” has no sheets, so “Two” was passed over." in crm("preview", "contact", path, "--sheet", "Two")["notes"]
    code, _, err = crm.run("import", "contact", path, "--sheet", "Two")
    assert (code, err.splitlines()[-1]) == (0, "“people.csv” has no sheets, so “Two” was passed over.")


def test_a_quote_from_document_to_decision(crm: Program, tmp_path: Path) -> None:
    crm("add", "company", "name=Ernst Handel")
    crm("add", "deal", "name=Contract", "company=Ernst Handel")
    document = {
        "currency": "EUR", "company": "Ernst Handel", "deal": "Contract", "language": "de",
        "lines": [
            {"description": "Cold-chain box <b>40 l</b> & more", "quantity": "120", "unit_price": "89.00", "tax_category": "S", "tax_rate": "20",
             "allowance_charges": [{"charge": False, "amount": "1068.00", "reason": "Volume"}]},
            {"description": "Option", "quantity": 1e0, "unit_price": "500", "tax_category": "S", "tax_rate": "20", "optional": True},
        ],
    }  # fmt: skip
    file = tmp_path / "quote.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    made = crm("quote", "add", file)
    assert made["number"] is None
    assert made["totals"]["payable"] == "11534.40"
    draft = tmp_path / "draft.pdf"
    crm("quote", "pdf", made["id"], draft)
    assert crm("show", "quote", made["id"])["status"] == "draft"
    issued = crm("quote", "issue", made["id"])
    assert issued["number"].startswith("Q-")
    assert "changed" in crm("set", "quote", made["id"], "currency=USD", code=4)
    out = tmp_path / "quote.pdf"
    crm("quote", "pdf", issued["number"], out)
    text = pypdfium2.PdfDocument(out)[0].get_textpage().get_text_bounded()
    assert issued["number"] in text
    assert "<b>40 l</b> & more" in " ".join(text.split())
    assert "11.534,40" in text
    assert "left the program" in crm("undo", "--transaction", str(_transaction(crm, "Issue")), code=4)
    assert any(step["rule"] for step in crm("quote", "why", issued["number"]))
    revised = crm("quote", "revise", issued["number"])
    assert revised["status"] == "draft"
    accepted = crm("quote", "accept", issued["number"])
    assert accepted["status"] == "accepted"
    assert crm("show", "deal", "Contract")["stage"]["title"] == "Won"


def _transaction(crm: Program, word: str) -> int:
    return next(entry["transaction"] for entry in crm("audit") if entry["label"].startswith(word))


def test_an_import_is_one_undo_and_gives_rejected_rows_back(crm: Program, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "First Name;Last Name;Company;Email\nAnna;Berg;Alfreds;anna@a.example\nBo;Holm;Alfreds;not a mail\nCy;Dee;Boxes;cy@b.example\n", encoding="utf-8"
    )
    result = crm("import", "contact", file, "--rejects", tmp_path / "rejected.csv", code=8)
    assert (result["read"], result["added"], result["rejected"], result["created"]) == (3, 2, 1, {"company": 2})
    given_back = (tmp_path / "rejected.csv").read_text(encoding="utf-8-sig")
    assert "not a mail" in given_back
    assert given_back.splitlines()[0].startswith("First Name;Last Name")
    assert "rejected" in crm("import", "contact", file, "--strict", "--on-duplicate", "add", code=4)
    assert crm("list", "contact")["total"] == 2
    assert "people.csv" in crm("undo")["undone"]
    assert (crm("list", "contact")["total"], crm("list", "company")["total"]) == (0, 0)
    crm("redo")
    assert crm("list", "contact")["total"] == 2
    dry = crm("import", "contact", file, "--dry-run", code=8)
    assert (dry["added"], dry["skipped"], dry["transaction"]) == (0, 2, None)


@pytest.mark.parametrize("asked", ["search", "list", "export", "call"])
def test_what_was_just_imported_is_found_by_whichever_command_looks_first(crm: Program, tmp_path: Path, asked: str) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Name,Phone\n" + "".join(f"Anna Berg{n},030 77{555100 + n}\n" for n in range(300)))
    assert crm("import", "contact", people)["added"] == 300
    out = tmp_path / "found.json"
    if asked == "search":
        assert [hit["title"] for hit in crm("search", "Berg222")] == ["Anna Berg222"]
    elif asked == "list":
        assert crm("list", "contact", "--search", "Berg222")["total"] == 1
    elif asked == "export":
        assert crm("export", "contact", out, "--search", "Berg222")["rows"] == 1
    else:
        assert crm("call", "77555322")["contact"]["title"] == "Anna Berg222"


def test_a_preview_says_what_an_import_would_do(crm: Program, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("First Name;Last Name;Erreichbar;Shoe size;Birthday\nAnna;Berg;anna@a.example;42;3/4/1990\nBo;Holm;bo@b.example;43;\n", encoding="utf-8")
    seen = crm("preview", "?", file)
    assert (seen["entity"], seen["read"], seen["whole"], seen["questions"][0]["column"]) == ("contact", 2, True, "Birthday")
    assert [(column["field"], column["own_field"]) for column in seen["columns"]] == [
        ("given_name", None), ("family_name", None), ("email", None), (None, "integer"), ("birthday", None)
    ]  # fmt: skip
    assert "--dates" in crm("import", "contact", file, code=4)
    assert crm("import", "contact", file, "--dates", "dmy", "--own-field", "*")["added"] == 2
    assert crm("list", "import_mapping")["rows"][0]["name"] == "people"
    again = crm("preview", "contact", file, "--on-duplicate", "overwrite", "--map", "role=Erreichbar", "--match", "name")
    assert (again["mapping_from"], [row["outcome"] for row in again["rows"]], again["rows"][0]["changes"]) == (
        "people", ["changes", "changes"], [{"field": "role", "before": "", "after": "anna@a.example"}]
    )  # fmt: skip
    assert crm("preview", "contact", file, "--anew")["mapping_from"] is None
    assert crm("list", "contact")["total"] == 2


def test_backup_and_restore(crm: Program, tmp_path: Path) -> None:
    crm("add", "company", "name=Kept")
    crm("backup")
    assert str(crm("info")["last_backup"]).endswith("Z")
    made = crm("backup", tmp_path / "copy.crmdesk")
    assert made["verified"]
    crm("add", "company", "name=Later")
    assert "--force" in crm("restore", made["file"], crm.store, code=4)
    assert "same file" in crm("restore", crm.store, crm.store, "--force", code=4)
    kept = crm("restore", made["file"], crm.store, "--force")["kept"]
    assert crm("list", "company", "--columns", "name")["rows"][0]["name"] == "Kept"
    assert os.path.exists(kept)  # noqa: PTH110 - a path as JSON gave it


def test_the_passphrase_is_changed_and_the_sheet_opens_the_store(typed: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMDESK_NEW_PASSPHRASE", "another good passphrase")
    typed("passphrase", "change")
    assert typed("info", code=3)
    monkeypatch.setenv("CRMDESK_PASSPHRASE", "another good passphrase")
    sheet = tmp_path / "sheet.pdf"
    typed("recovery-sheet", sheet)
    text = pypdfium2.PdfDocument(sheet)[0].get_textpage().get_text_bounded()
    groups = re.findall(r"[0-9A-F]{6}-[0-9A-Z]", text.replace(" ", ""))
    assert len(groups) == 16
    monkeypatch.delenv("CRMDESK_PASSPHRASE")
    monkeypatch.setenv("CRMDESK_RECOVERY_KEY", " ".join(groups))
    assert typed("info")["counts"]["member"] == 1


def test_hand_over_counts_first_then_does_it_in_one_undo(crm: Program) -> None:
    crm("add", "member", "name=Tom Stein")
    crm("add", "company", "name=A")
    crm("add", "deal", "name=D")
    assert "two members" in crm("handover", "Maria Becker", "Maria Becker", "--dry-run", code=4)
    crm("--as", "sales", "handover", "Maria Becker", "Tom Stein", "--dry-run", code=5)
    counted = crm("handover", "Maria Becker", "Tom Stein", "--dry-run")
    assert counted["records"]["company"] == 1
    crm("handover", "Maria Becker", "Tom Stein")
    assert crm("show", "deal", "D")["owner"]["title"] == "Tom Stein"
    crm("undo")
    assert crm("show", "company", "A")["owner"]["title"] == "Maria Becker"


def test_who_is_calling(crm: Program) -> None:
    crm("add", "company", "name=Alfreds", "phone=030 0074321")
    crm("add", "contact", "name=Anna Berg", "company=Alfreds", "phone.mobile=0171 9998887")
    found = crm("call", "+49 171 9998887")
    assert found["contact"]["title"] == "Anna Berg"
    assert found["company"]["title"] == "Alfreds"


def test_files_are_kept_inside_the_store(crm: Program, tmp_path: Path) -> None:
    crm("add", "company", "name=Alfreds")
    file = tmp_path / "plan.txt"
    file.write_text("secret plan", encoding="utf-8")
    attached = crm("attach", "company", "Alfreds", file)
    assert (attached["name"], attached["size"]) == ("plan.txt", 11)
    assert crm("show", "company", "Alfreds")["related"] == {"attachment": 1}


def test_people_get_tables_and_sentences(crm: Program) -> None:
    crm("add", "company", "name=上海明德贸易有限公司", "city=上海")
    code, out, err = crm.run("list", "company", json_out=False)
    assert code == 0
    assert "上海明德贸易有限公司" in out
    assert err == ""
    code, out, _ = crm.run("board", json_out=False)
    assert "Qualify" in out


def test_an_export_is_typed_traced_and_imports_again(crm: Program, tmp_path: Path) -> None:
    crm("add", "company", "name==cmd()", "city=Berlin", "employees=12", "revenue=1000.50 EUR")
    crm("add", "company", "name=Boxes", "city=Graz", "customer_number=007")
    book = tmp_path / "companies.xlsx"
    assert crm("export", "company", book, "--where", "city = Berlin", "--columns", "name,employees,revenue,city") == {"rows": 1, "file": str(book)}
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()
    assert rows[1][:3] == ["=cmd()", 12, 1000.5]
    people = tmp_path / "companies.csv"
    crm("export", "company", people, "--columns", "name,customer_number")
    assert "'=cmd()" in people.read_text(encoding="utf-8-sig")
    machine = tmp_path / "machine.json"
    assert crm("export", "company", machine)["rows"] == 2
    assert "exists already" in crm("export", "company", machine, code=4)
    assert "ending" in crm("export", "company", tmp_path / "a.docx", code=4)
    assert [entry["label"] for entry in crm("audit")][0] == "Export"
    crm("undo")  # an export can't be undone: what comes before it is
    assert crm("list", "company")["total"] == 1


def test_an_export_of_many_records_asks_for_the_reason_and_keeps_it(crm: Program, tmp_path: Path) -> None:
    crm("set", "setting", "export_reason_from", "value=2")
    crm("add", "company", "name=Boxes")
    assert "--reason" not in crm.run("export", "company", tmp_path / "one.csv")[2]
    crm("add", "company", "name=Ernst Handel")
    assert "--reason" in crm.run("export", "company", tmp_path / "two.csv")[2]
    assert "--reason" not in crm.run("export", "company", tmp_path / "three.csv", "--reason", "For the tax office")[2]
    assert "For the tax office" in json.dumps(crm("audit")[0])


def test_an_export_of_everything_asks_for_the_reason_too_and_keeps_it(crm: Program, tmp_path: Path) -> None:
    crm("set", "setting", "export_reason_from", "value=2")
    crm("add", "company", "name=Boxes")
    assert "--reason" in crm.run("export", "all", tmp_path / "one.zip")[2]
    assert "--reason" not in crm.run("export", "all", tmp_path / "two.zip", "--reason", "For the auditors")[2]
    assert "For the auditors" in json.dumps(crm("audit")[0])
    crm("set", "setting", "export_reason_from", "value=100000")
    assert "--reason" not in crm.run("export", "all", tmp_path / "three.zip")[2]


def test_a_saved_view_is_exported_by_its_name(crm: Program, tmp_path: Path) -> None:
    crm("add", "company", "name=A", "tier=a")
    crm("add", "company", "name=B", "tier=b")
    definition = json.dumps({"columns": ["name"], "sort": [], "conditions": [{"field": "tier", "operator": "=", "value": "a", "values": []}]})
    crm("add", "saved_view", "name=Key accounts", "about=company", f"definition={definition}")
    out = tmp_path / "key.json"
    assert crm("export", "company", out, "--view", "key accounts")["rows"] == 1
    assert "Key accounts" in crm("export", "company", tmp_path / "x.json", "--view", "nothing", code=4)


def test_all_data_goes_out_in_one_zip_and_into_a_new_store(typed: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    company = typed("add", "company", "name=Acme")
    assert "ending" in typed("export", "all", tmp_path / "all.txt", code=4)
    assert "everything" in typed("export", "all", tmp_path / "all.zip", "--where", "name = x", code=2)
    taken = typed("export", "all", tmp_path / "all.zip")
    assert taken["file"] == str(tmp_path / "all.zip")
    assert "not empty" in typed("import", "all", tmp_path / "all.zip", code=4)
    new = Program(tmp_path / "new.crmdesk", capsys)
    typed("init", new.store, "--currency", "USD")
    assert new("import", "all", tmp_path / "all.zip") == {**taken}
    assert new("show", "company", company["id"])["name"] == "Acme"
    assert new("info")["counts"] == typed("info")["counts"]
    assert new("verify", "--deep")["ok"] is True


def test_a_period_goes_to_the_accountant_and_is_closed(crm: Program, tmp_path: Path) -> None:
    document = tmp_path / "quote.json"
    document.write_text(
        json.dumps(
            {
                "currency": "EUR",
                "date": "2026-03-01",
                "lines": [{"description": "Box", "quantity": "2", "unit_price": "50", "tax_category": "S", "tax_rate": "19"}],
            }
        )
    )
    crm("quote", "issue", crm("quote", "add", document)["id"])
    made = crm("workbook", tmp_path / "w.xlsx", "--from", "2026-01-01", "--to", "2026-12-31")
    assert (made["documents"], made["quotes"], made["totals"]) == (
        0,
        1,
        [{"sheet": "Quotes", "currency": "EUR", "net": "100.00", "tax": "19.00", "total": "119.00"}],
    )
    assert "exists already" in crm("workbook", tmp_path / "w.xlsx", code=4)
    assert crm("period", "close", "2026-03-31") == crm("period", "show") == {"closed_until": "2026-03-31"}
    assert "closed period" in crm("quote", "issue", crm("quote", "add", document)["id"], code=4)
    assert crm("period", "reopen", "--reason", "an invoice came late") == {"closed_until": None}


def test_reports_go_to_files(crm: Program, tmp_path: Path) -> None:
    crm("add", "deal", "name=D", "amount=10 EUR")
    for ending in ("xlsx", "pdf", "csv"):
        out = tmp_path / f"report.{ending}"
        crm("report", "pipeline_by_stage", "--out", out)
        assert out.stat().st_size > 100
    names = [report["name"] for report in crm("report")]
    for name in names:
        assert crm("report", name)["rows"] is not None


def test_global_options_may_stand_anywhere(crm: Program, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["add", "company", "name=A --json", "--json", "--store", str(crm.store)]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "A --json"
    assert main(["list", "company", f"--store={crm.store}", "--as", "Read-only", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 1


def test_mistakes_are_named_before_anything_else(crm: Program) -> None:
    assert "no field “foo”" in crm("add", "company", "foo=1", code=4)
    company = crm("add", "company", "name=Gone")
    crm("delete", "company", "Gone")
    assert "in the bin" in crm("show", "company", "Gone", code=4)
    assert "in the bin" in crm("show", "company", company["id"], code=4)


def test_prices_have_at_least_the_decimals_of_their_currency(crm: Program) -> None:
    assert crm("add", "product", "name=Box", "price=59 EUR")["price"] == {"amount": "59.00", "currency": "EUR"}
    assert crm("add", "product", "name=Screw", "price=0.0125 EUR")["price"]["amount"] == "0.0125"


def test_a_reply_takes_a_closed_ticket_up_again(crm: Program) -> None:
    crm("add", "ticket", "subject=Alarm")
    crm("ticket", "close", "T-0001", "Done")
    assert crm("ticket", "reply", "T-0001", "One more thing")["status"] == "open"


def test_a_lower_role_sees_masked_values(crm: Program) -> None:
    crm("add", "contact", "name=王小明", "phone=+86 138 1234 5678", "email=wang@example.cn")
    found = crm("--as", "read-only", "show", "contact", "王小明")
    assert [phone["value"] for phone in found["phone"]] == ["138****5678"]
    assert found["masked"] == ["birthday", "phone", "email", "handle", "address"]
    assert [mail["value"] for mail in crm("list", "contact", "--as", "read_only")["rows"][0]["email"]] == ["w***@example.cn"]
    assert crm("--as", "read-only", "call", "+8613812345678")["contact"] is None
    assert "1234" not in json.dumps(crm("--as", "read-only", "history", "contact", "王小明"))
    assert crm("call", "+8613812345678")["contact"]["title"] == "王小明"


def test_amounts_in_json_are_amounts_with_their_currency_in_history_and_lines_too(crm: Program, tmp_path: Path) -> None:
    crm("add", "deal", "name=Cold chain", "amount=100 EUR")
    crm("set", "deal", "Cold chain", "amount=250 USD")
    (edited, _) = crm("history", "deal", "Cold chain")
    assert edited["changes"]["amount"] == [{"amount": "100.00", "currency": "EUR"}, {"amount": "250.00", "currency": "USD"}]
    document = tmp_path / "quote.json"
    document.write_text(
        json.dumps({"currency": "JPY", "lines": [{"description": "Box", "quantity": "2", "unit_price": "950.5", "tax_category": "S", "tax_rate": "10"}]})
    )
    quote = crm("quote", "add", document)["id"]
    (line,) = crm("show", "quote", quote)["lines"]
    assert (line["unit_price"], line["quantity"], line["net"]) == ("950.5", "2", {"amount": "1901", "currency": "JPY"})
    crm("set", "quote", quote, "prepaid=7")
    assert crm("history", "quote", quote)[0]["changes"]["prepaid"][1] == {"amount": "7", "currency": "JPY"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list", "company", "--limit", "-1"), "--limit takes a whole number from 0 on."), (("search", "x", "--limit", "0"), "--limit takes a whole number from 1 on."),
        (("list", "company", "--limit", "many"), "--limit takes a whole number."), (("undo", "--transaction", "nope"), "--transaction takes a whole number."),
        (("audit", "--limit", "x"), "--limit takes a whole number."), (("ticket", "close", "T-1", "--csat", "x"), "--csat takes a whole number."),
        (("list",), "ENTITY is missing."), (("list", "company", "--nope"), "There is no option --nope."), (("frobnicate",), "There is no command “frobnicate”."),
        (("list", "company", "--limit"), "--limit needs a value."), (("show", "company", "a", "b"), "“b” is too much here."), (("ticket",), "Add one of: reply, note, close"),
        (("--as", "emperor", "info"), "There is no role “emperor”."), (("duplicates", "contact", "--min-score", "x"), "--min-score takes a number."),
    ],
)  # fmt: skip
def test_wrong_usage_is_a_plain_sentence(crm: Program, words: tuple[str, ...], says: str) -> None:
    said = crm(*words, code=2)
    assert says in said
    assert "Invalid value" not in said


def test_settings_are_read_and_changed_by_their_name(crm: Program) -> None:
    assert crm("set", "setting", "payment_days", "value=14") == {"name": "payment_days", "value": 14}
    assert crm("set", "setting", "quote_mail_subject_de", "value=Angebot {number}")["value"] == "Angebot {number}"
    assert crm("set", "setting", "tax_inclusive", "value=yes")["value"] is True
    assert crm("set", "setting", "areas", 'value=["today", "quotes"]')["value"] == ["today", "quotes"]
    assert crm("show", "setting", "payment_days") == {"name": "payment_days", "value": 14}
    assert "no placeholder “{nummer}”" in crm("set", "setting", "quote_mail_body_de", "value=Angebot {nummer}", code=4)
    for words in (("zone", "value=nowhere"), ("colour", "value=red"), ("payment_days", "value=many"), ("areas", "value=today")):
        crm("set", "setting", *words, code=4)
    crm("set", "setting", "zone", "name=x", code=2)
    row = crm("list", "setting")["rows"][0]
    crm("delete", "setting", row["id"], code=4)
    crm("--as", "sales", "set", "setting", "payment_days", "value=3", code=5)
    assert crm("show", "setting", "zone")["value"] == "Europe/Berlin"


def test_an_import_takes_no_country_that_there_is_not(crm: Program, tmp_path: Path) -> None:
    (file := tmp_path / "people.csv").write_text("Name;Phone\nAnna Berg;030 123456\n", encoding="utf-8")
    assert "“ZZ” is no country code" in crm("import", "contact", file, "--region", "zz", code=4)
    assert crm("import", "contact", file, "--region", "at")["added"] == 1
    assert crm("list", "phone")["rows"][0]["e164"].startswith("+43")


def test_settings_are_listed_with_their_names(crm: Program) -> None:
    crm("set", "setting", "payment_days", "value=14")
    assert crm("list", "setting", "--where", "key = payment_days", "--columns", "key,value")["rows"][0]["key"] == "payment_days"
    assert {row["key"] for row in crm("list", "setting")["rows"]} >= {"currency", "payment_days"}


def test_the_bin_knows_records_by_their_number_and_says_as_many_as_asked(crm: Program) -> None:
    numbers = [crm("add", "ticket", f"subject=Alarm {place}")["number"] for place in range(3)]
    crm("delete", "ticket", *numbers)
    assert len(crm("trash", "list", "--limit", "2")) == 2
    assert crm("trash", "restore", "ticket", numbers[1])["subject"] == "Alarm 1"
    assert "no Ticket “T-9999” in the bin" in crm("trash", "restore", "ticket", "T-9999", code=4)


def test_a_folder_of_tables_and_cards_is_one_import(crm: Program, tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "a.csv").write_text("First Name;Last Name;Email\nAnna;Berg;anna@a.example\n", encoding="utf-8")
    (folder / "b.vcf").write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Bo Holm\nEND:VCARD\n", encoding="utf-8")
    assert (result := crm("import", "contact", folder))["added"] == 2
    assert [(file["format"], file["added"]) for file in result["files"]] == [("csv", 1), ("vcard", 1)]
    (folder / "c.vcf").write_text("nothing", encoding="utf-8")
    (folder / "d.csv").write_text("", encoding="utf-8")
    again = crm("import", "contact", folder / "a.csv", folder / "c.vcf", folder / "d.csv", code=8)
    assert [bool(file["refused"]) for file in again["files"]] == [False, True, True]
    assert "There is no file" in crm("import", "contact", folder / "a.csv", folder / "nowhere.csv", code=4)


def test_duplicates_are_listed_with_their_reasons_and_merged(crm: Program) -> None:
    keep = crm("add", "contact", "name=Robert Falkenrath", "email=robert@falkenrath.example")["id"]
    other = crm("add", "contact", "name=Bob Falkenrath", "email=robert@falkenrath.example", "phone=030 0074321")["id"]
    for number in range(20):
        crm("add", "contact", f"name=Person{number} Nobody{number}", f"email=p{number}@nobody.example")
    (pair,) = crm("duplicates", "contact")
    assert (pair["a"], pair["b"]) == ({"id": keep, "title": "Robert Falkenrath"}, {"id": other, "title": "Bob Falkenrath"})
    assert 0.5 <= pair["score"] <= 1
    assert {reason["field"] for reason in pair["reasons"]} >= {"email", "family_name", "given_name"}
    assert crm("duplicates", "contact", "--min-score", "1") == []
    merged = crm("merge", "contact", keep, other)
    assert (merged["id"], [phone["value"] for phone in merged["phone"]]) == (keep, ["030 0074321"])
    assert crm("duplicates", "contact") == []
    crm("undo")
    assert crm("show", "contact", other)["name"] == "Bob Falkenrath"
    assert "companies, contacts and leads" in crm("duplicates", "deal", code=4)
    assert "two different records" in crm("merge", "contact", keep, keep, code=4)


def test_an_import_says_beside_its_json_what_it_left_out(crm: Program, tmp_path: Path) -> None:
    table = tmp_path / "deals.csv"
    table.write_text("Name,Amount,Shoes\nBoxes,120,brown\nMore boxes,plenty,black\n")
    code, out, err = crm.run("import", "deal", table)
    assert code == 8
    assert (json.loads(out)["added"], json.loads(out)["rejected"]) == (1, 1)
    assert "Left out: Shoes" in err


def test_everything_is_taken_over_from_one_file_only(crm: Program, tmp_path: Path) -> None:
    assert "one file" in crm("import", "all", tmp_path / "a.zip", tmp_path / "b.zip", code=4)


def test_people_read_owned_rows_as_a_table_and_moments_in_the_zone_of_the_store(crm: Program) -> None:
    ticket = crm("add", "ticket", "subject=Pallet missing", "opened_at=2026-07-01T10:15:00Z")
    crm("ticket", "reply", ticket["id"], "On its way")
    code, out, _ = crm.run("show", "ticket", ticket["number"], json_out=False)
    assert code == 0
    assert re.search(r"^opened_at +2026-07-01 12:15$", out, re.MULTILINE)
    head, row = out.split("messages\n")[1].splitlines()[:2]
    assert head.split()[:2] == ["kind", "body"]
    assert row.index("On its way") == head.index("body")


def test_address_cards_are_written_in_the_version_that_was_asked_for(crm: Program, tmp_path: Path) -> None:
    crm("add", "contact", "given_name=Anna", "family_name=Berg")
    for words, version in (((), "3.0"), (("--vcard", "4.0"), "4.0")):
        file = tmp_path / f"people-{version}.vcf"
        assert crm("export", "contact", file, *words)["rows"] == 1
        assert f"VERSION:{version}\r\n" in file.read_bytes().decode()


def test_a_ticket_keeps_its_number(crm: Program) -> None:
    first, second = crm("add", "ticket", "subject=One"), crm("add", "ticket", "subject=Two")
    assert "numbers come from their series" in crm("set", "ticket", second["number"], f"number={first['number']}", code=4)
    assert crm("set", "ticket", second["number"], f"number={second['number']}", "subject=Three")["subject"] == "Three"


def test_own_fields_with_choices_can_be_asked_for(crm: Program) -> None:
    crm("add", "custom_field", "about=company", "name=area", "label=Area", "kind=choice", "options=north, south")
    crm("add", "company", "name=Acme", "area=north")
    crm("add", "company", "name=Beta", "area=south")
    assert [row["name"] for row in crm("list", "company", "--where", "area = north")["rows"]] == ["Acme"]
    assert "north, south" in crm("list", "company", "--where", "area = west", code=4)
    assert "north, south" in crm("set", "company", "Acme", "area=west", code=4)
    assert [field["choices"] for field in crm("fields", "company") if field["name"] == "area"] == [["north", "south"]]


def test_rows_say_their_number_whichever_columns_are_asked_for(crm: Program) -> None:
    crm("add", "company", "name=Acme", "customer_number=K-1")
    ticket = crm("add", "ticket", "subject=One")
    assert crm("list", "company", "--columns", "name")["rows"][0]["number"] == "K-1"
    assert "customer_number" not in crm("list", "company", "--columns", "name")["rows"][0]
    assert crm("list", "ticket", "--columns", "subject")["rows"][0]["number"] == ticket["number"]
    assert crm("list", "ticket", "--columns", "id,number")["rows"] == [{"id": ticket["id"], "number": ticket["number"]}]
    assert set(crm("list", "company", "--columns", "id,name,number")["rows"][0]) == {"id", "number", "name"}


def test_a_backup_that_is_not_there_is_no_store_that_is_missing(crm: Program, tmp_path: Path) -> None:
    assert "There is no file" in crm("restore", tmp_path / "none.crmdesk", tmp_path / "new.crmdesk", code=4)


def test_a_phone_is_found_with_its_area_code_in_brackets(crm: Program) -> None:
    crm("add", "company", "name=Acme", "phone=040 77788899")
    assert [[hit["title"] for hit in crm("search", text)] for text in ("(040) 77788899", "(040) 777", "(040)777")] == [["Acme"]] * 3


def test_a_search_says_in_words_why_something_was_found_and_in_json_what_it_always_says(crm: Program) -> None:
    crm("add", "company", "name=Labor Dr. Hagen", "industry=Health care", "phone=+49 6221 5551-340")
    assert set(crm("search", "5551 340")[0]) == {"entity", "id", "title", "subtitle", "score"}
    _, said, _ = crm.run("search", "5551 340", json_out=False)
    assert "Phone: +49 6221 5551-340 · Health care" in said


def test_a_store_too_damaged_to_open_is_what_the_check_finds(typed: Program, tmp_path: Path) -> None:
    cut = tmp_path / "cut.crmdesk"
    cut.write_bytes(typed.store.read_bytes()[:100_000])
    typed.store = cut
    found = typed("verify", code=6)
    assert found["ok"] is False
    assert found["problems"]


def test_a_record_has_just_the_fields_that_are_listed(crm: Program) -> None:
    crm("add", "product", "name=Box")
    crm("add", "company", "name=Acme")
    crm("add", "contact", "name=Anna Berg")
    crm("add", "deal", "name=Rollout")
    crm("add", "quote", "subject=Boxes")
    crm("add", "ticket", "subject=Alarm")
    crm("add", "task", "subject=Call")
    crm("add", "lead", "name=Maria Rossi")
    crm("add", "activity", "subject=Met")
    crm("add", "deal_product", "deal=Rollout", "product=Box")
    listed = crm("fields")
    for entity in {field["entity"] for field in listed}:
        names = {field["name"] for field in listed if field["entity"] == entity}
        for row in crm("list", entity, "--limit", "1")["rows"]:
            assert {*crm("show", entity, row["id"])} == {*names, "id", "number", "related"}, entity


def test_switches_and_long_texts_are_compared_too(crm: Program) -> None:
    crm("add", "product", "name=Box")
    crm("add", "product", "name=Old", "is_active=no")
    crm("add", "task", "subject=Call", "body=Ask for Anna")

    def found(entity: str, condition: str) -> int:
        return int(crm("list", entity, "--where", condition, "--limit", "0")["total"])

    assert [found("product", text) for text in ("is_active = yes", "is_active != yes", "is_active in yes,no", "is_active in no")] == [1, 1, 2, 1]
    assert [found("task", text) for text in ("body = ask for anna", "body != Nothing", "body in Ask for Anna, Nothing")] == [1, 1, 1]
    assert "empty" in crm("list", "product", "--where", "is_active ~ y", code=4)


def test_what_should_be_there_once_is_warned_of_asked_for_a_reason_or_refused(crm: Program) -> None:
    crm("set", "setting", "uniqueness", 'value=[["contact", "email", "reason"], ["contact", "phone", "warn"], ["company", "name", "block"]]')
    crm("add", "contact", "name=Zoe New", "email=zoe@example.com", "phone=+49 30 999111")
    assert "has the same Email already. If it is meant, say why with --reason." in crm("add", "contact", "name=Zoe Two", "email=zoe@example.com", code=4)
    added = crm("add", "contact", "name=Zoe Two", "email=zoe@example.com", "--reason", "They share the address")
    assert added["name"] == "Zoe Two"
    code, _, said = crm.run("add", "contact", "name=Zoe Three", "phone=+49 30 999111")
    assert (code, "has the same Phone already" in said) == (0, True)
    assert "has the same Email already" in crm("set", "contact", "Zoe Three", "email=zoe@example.com", code=4)
    crm("set", "contact", "Zoe Three", "email=zoe@example.com", "--reason", "So does she")
    crm("add", "company", "name=Acme")
    assert "has the same Name already" in crm("add", "company", "name=Acme", "--reason", "never", code=4)


def test_an_import_is_taken_back_but_for_what_was_edited(crm: Program, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("Name,Email\nZoe New,zoe@example.com\nYan New,yan@example.com\n", encoding="utf-8")
    transaction = crm("import", "contact", tmp_path / "people.csv")["transaction"]
    crm("set", "contact", "Zoe New", "role=Boss")
    refused = crm("undo", "--transaction", transaction, code=4)
    assert "Zoe New (Job title)" in refused
    assert "With --keep-edited what was edited since stays" in refused
    undone = crm("undo", "--transaction", transaction, "--keep-edited")
    assert [(one["entity"], one["title"], one["fields"]) for one in undone["kept"]] == [("contact", "Zoe New", ["Job title"])]
    crm("show", "contact", "Zoe New")
    crm("show", "contact", "Yan New", code=4)


@pytest.mark.parametrize(("region", "day"), [("US", "2026-03-04"), ("AT", "2026-04-03")])
def test_days_are_read_and_money_is_written_as_in_the_country_of_the_store(crm: Program, region: str, day: str) -> None:
    crm("set", "setting", "region", f"value={region}")
    crm("set", "setting", "currency", "value=USD")
    assert crm("add", "deal", "name=Rollout", "expected_close_on=3/4/2026", "amount=1200")["expected_close_on"] == day
    assert crm("list", "deal", "--where", "expected_close_on = 3/4/2026")["total"] == 1
    shown = crm.run("report", "pipeline_by_stage", json_out=False)[1]
    assert (" $1,200.00" if region == "US" else "US$1,200.00") in shown


def test_what_steers_a_terminal_is_printed_as_nothing_of_the_kind(crm: Program) -> None:
    name = "Bob\x1b[31m\x07\x9b2J"
    added = crm("add", "company", f"name={name}")
    assert added["name"] == name
    for command in (("list", "company"), ("show", "company", added["id"]), ("search", "Bob")):
        code, said, _ = crm.run(*command)
        assert (code, "Bob" in said) == (0, True)
        assert not {"\x1b", "\x07", "\x9b"} & set(said)
    code, said, _ = crm.run("--json", "list", "company", "--columns", "name")
    assert not {"\x1b", "\x07", "\x9b"} & set(said)
    assert [row["name"] for row in crm("list", "company", "--columns", "name")["rows"]] == [name]


def test_a_report_without_its_name_goes_to_no_file(crm: Program, tmp_path: Path) -> None:
    code, said, why = crm.run("report", "--out", tmp_path / "report.pdf")
    assert (code, said) == (2, "")
    assert "NAME is missing." in why
    assert not (tmp_path / "report.pdf").exists()


def test_a_list_of_no_rows_still_says_how_many_there_are(crm: Program) -> None:
    crm("add", "company", "name=Ernst Handel")
    assert crm.run("list", "company", "--limit", 0, json_out=False)[1].strip() == "0 of 1"
    assert crm.run("list", "lead", "--limit", 0, json_out=False)[1].strip() == "Nothing found."
