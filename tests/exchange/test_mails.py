"""Mails that were saved as files become activities with their author, moment, text and files."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import import_files
from crmdesk.exchange.values.html_texts import text_of
from crmdesk.operations import records, workspace
from crmdesk.queries import attachments

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store


def letter(**headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {
        "From": "Anna Berg <Anna@Acme.example>",
        "To": "maria@us.example",
        "Subject": "Käse für Köln",
        "Date": "Tue, 02 Jun 2026 10:00:00 +0200",
        "Message-ID": "<42@acme.example>",
    }
    for name, value in {**given, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
        message[name] = value
    message.set_content("Dear Maria,\n\nsee you.\n")
    return message


def saved(folder: Path, message: EmailMessage | bytes, name: str = "mail.eml") -> Path:
    path = folder / name
    path.write_bytes(message if isinstance(message, bytes) else message.as_bytes())
    return path


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def test_a_mail_of_a_customer_lies_in_their_timeline_with_its_files(store: Store, tmp_path: Path) -> None:
    company = store.run(records.add, "company", {"name": "Acme"})
    anna = store.run(records.add, "contact", {"family_name": "Berg", "email": "anna@acme.example", "company": str(company)})
    message = letter()
    message.add_attachment(b"%PDF-1.7 offer", maintype="application", subtype="pdf", filename="../../Angebot ä.pdf")
    result = import_file(store, "activity", saved(tmp_path, message))
    assert (result.format, result.read, result.added) == ("mail", 1, 1)
    (activity,) = rows(store, "SELECT id, kind, subject, at, direction, contact_id, company_id, external_id, source, body FROM activity")
    assert activity[1:9] == (
        "mail",
        "Käse für Köln",
        datetime(2026, 6, 2, 8, tzinfo=UTC).timestamp() * 1000,
        "in",
        anna.bytes,
        company.bytes,
        "42@acme.example",
        "Mail",
    )
    assert activity[9] == "From: Anna Berg <Anna@Acme.example>\nTo: maria@us.example\n\nDear Maria,\n\nsee you."
    ((file, name, mime, owner, its_company),) = rows(store, "SELECT id, name, mime, activity_id, company_id FROM attachment")
    assert (name, mime, owner, its_company) == ("Angebot ä.pdf", "application/pdf", activity[0], company.bytes)
    with store.read() as reader:
        assert attachments.content(reader, file) == b"%PDF-1.7 offer"
    assert import_file(store, "activity", tmp_path / "mail.eml").skipped == 1
    store.undo()
    assert rows(store, "SELECT count(*) FROM activity WHERE deleted_at IS NULL UNION ALL SELECT count(*) FROM attachment WHERE deleted_at IS NULL") == [
        (0,),
        (0,),
    ]


def test_a_mail_of_a_colleague_goes_out(store: Store, tmp_path: Path) -> None:
    maria = rows(store, "SELECT id FROM member")[0][0]
    with store.read() as reader:
        member = reader.viewer.member_id
    assert member is not None
    store.run(records.edit, "member", [member], {"email": "Maria@us.example"})
    bob = store.run(records.add, "contact", {"family_name": "Li", "email": "bob@acme.example"})
    import_file(store, "activity", saved(tmp_path, letter(From="maria@us.example", To="who@else.example, Bob <bob@acme.example>")))
    assert rows(store, "SELECT direction, contact_id, owner_id FROM activity") == [("out", bob.bytes, maria)]


def test_html_is_read_as_text_and_nothing_of_it_runs(store: Store, tmp_path: Path) -> None:
    message = letter()
    message.set_content(
        "<html><head><style>p{}</style><title>No</title></head><body><p>Hello&nbsp;<b>you</b><script>alert(1)</script></p><ul><li>one<li>two</ul><img src='https://x.example/1.gif'></body></html>",
        subtype="html",
    )
    import_file(store, "activity", saved(tmp_path, message))
    assert rows(store, "SELECT body FROM activity")[0][0].endswith("\n\nHello you\n\n- one\n- two")
    assert text_of("<p>1 &lt; 2<br>next") == "1 < 2\nnext"


@pytest.mark.parametrize("raw", [
    b"From: a@b.example\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nMessage-ID: <1>\n\nno date", b"From: a@b.example\nSubject: Gr\xc3\xbc\xc3\x9fe\nDate: nonsense\n\nraw bytes \xff",
    b"From: a@b.example\nDate: Tue, 02 Jun 2026 10:00:00 +0200\nSubject: =?x-unknown?b?R3LDvMOfZQ==?=\nContent-Type: text/plain; charset=nonsense\n\n\xc3\xa4",
    b"From: a@b.example\nDate: x\nSubject: =?utf-8?Q?Gr=C3=BC?=\n =?utf-8?Q?=C3=9Fe?=\nContent-Type: multipart/mixed; boundary=missing\n\nno parts",
])  # fmt: skip
def test_odd_mails_are_read_as_far_as_they_go(store: Store, tmp_path: Path, raw: bytes) -> None:
    assert import_file(store, "activity", saved(tmp_path, raw)).added == 1
    assert rows(store, "SELECT subject FROM activity") == [("Grüße",)]


def test_a_mail_inside_a_mail_and_a_picture_of_the_signature(store: Store, tmp_path: Path) -> None:
    message = letter()
    message.add_attachment(letter(Subject="Inner"))
    message.add_attachment(b"GIF89a", maintype="image", subtype="gif", disposition="inline", cid="<logo>")
    import_file(store, "activity", saved(tmp_path, message))
    assert rows(store, "SELECT name, mime FROM attachment") == [("file.eml", "message/rfc822")]


def test_a_mail_that_is_none_is_refused(store: Store, tmp_path: Path) -> None:
    for name, content in (
        ("broken.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__properties_version1.0".encode("utf-16-le") * 40),
        ("text.eml", b"just some words"),
    ):
        with pytest.raises(UserError, match="damaged, or no mail"):
            import_file(store, "activity", saved(tmp_path, content, name))
    with pytest.raises(UserError, match="become activities"):
        import_file(store, "company", saved(tmp_path, letter()))


@pytest.mark.shared
def test_an_outlook_mail_is_read_and_an_outlook_contact_refused(store: Store, shared_data: Path) -> None:
    folder = shared_data / "09_nasty_files" / "outlook_msg"
    result = import_file(store, "activity", folder / "simple_test_msg.msg", ImportOptions())
    assert (result.added, result.rejected) == (1, 0)
    assert rows(store, "SELECT subject, at, external_id FROM activity") == [
        ("test message", 1183699637000, "PGEFIIKPGDMKMJKEOPLDIEBICAAA.travis@overwrittenstack.com")
    ]
    with pytest.raises(UserError, match=r"no mail \(IPM.Contact\)"):
        import_file(store, "activity", folder / "msgClassContact.msg")


def test_what_came_back_of_a_damaged_mail_is_no_activity_when_it_is_imported(store: Store, tmp_path: Path) -> None:
    good, bad = saved(tmp_path, letter(), "good.eml"), saved(tmp_path, b"no mail at all", "bad.eml")
    refused = import_files(store, "activity", [good, bad])
    assert (refused.added, refused.rejected) == (1, 1)
    again = import_file(store, "activity", tmp_path / "good-rejected.xlsx")
    assert (again.added, again.rejected) == (0, 1)
    assert rows(store, "SELECT subject FROM activity") == [("Käse für Köln",)]


@pytest.mark.parametrize(
    ("sender", "to", "way"),
    [
        ("info@us.example", "anna@acme.example", "out"),
        ("tom@us-group.example", "anna@acme.example", "out"),
        ("maria.old@mails.example", "anna@acme.example", "out"),
        ("anna@acme.example", "info@us.example", "in"),
        ("stranger@else.example", "info@us.example", "in"),
        ("stranger@else.example", "anna@acme.example", None),
        ("stranger@else.example", "anna@acme.example, info@us.example", "in"),
        ("stranger@gmail.com", "info@us.example", "in"),
        ("stranger@gmail.com", "anna@acme.example", None),
        ("anna@acme.example", "bob@acme.example", "in"),
    ],
)
def test_which_way_a_mail_went_is_told_by_our_own_addresses(store: Store, tmp_path: Path, sender: str, to: str, way: str | None) -> None:
    store.run(workspace.change_settings, {"company_email": "info@us.example", "company_website": "https://www.us-group.example/en"})
    store.run(records.add, "member", {"name": "Maria", "email": "maria@mails.example"})
    store.run(records.add, "member", {"name": "Tim", "email": "tim.own@gmail.com"})
    for name in ("anna", "bob"):
        store.run(records.add, "contact", {"family_name": name, "email": f"{name}@acme.example"})
    import_file(store, "activity", saved(tmp_path, letter(From=sender, To=to, Cc="")))
    assert rows(store, "SELECT direction FROM activity") == [(way,)]
