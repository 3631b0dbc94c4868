"""Single mails as files (.eml, and Outlook's .msg) as rows of activities: who wrote what to whom, when, and with which files."""

from __future__ import annotations

import email.utils
import re
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from functools import partial
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.files.happenings import LONGEST_TEXT, Files, Happening, HappeningShape, columns, layout_of
from crmdesk.exchange.table import SAMPLE_ROWS, OddRow, Table, Ways
from crmdesk.exchange.values.html_texts import LARGEST as LARGEST_HTML
from crmdesk.exchange.values.html_texts import text_of
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from email.message import Message as Letter
    from pathlib import Path

    from crmdesk.exchange.table import Line

SOURCE = "Mail"
LARGEST = 60 << 20
LARGEST_FILE = 25 << 20
MOST_FILES = 50
MOST_PARTS = 500
MOST_PEOPLE = 200
MOST_TEXT = 60_000_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADERS = re.compile(
    rb"(?:return-path|received|delivered-to|from|to|date|subject|message-id|mime-version|content-type|x-[a-z0-9-]+|sender|reply-to|dkim-signature|arc-[a-z-]+|"
    rb"authentication-results|cc|user-agent|thread-topic|thread-index|in-reply-to|references|content-transfer-encoding|envelope-to|delivery-date|importance)[ \t]*:",
    re.IGNORECASE,
)
_TELLING = re.compile(rb"^(?:from|received|message-id|return-path|date|mime-version)[ \t]*:", re.IGNORECASE | re.MULTILINE)

# What the readers of foreign formats raise when the bytes are not what they should be.
_DAMAGE = (
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    TypeError,
    AssertionError,
    OverflowError,
    RecursionError,
    OSError,
    struct.error,
    LookupError,
    MessageError,
    EOFError,
)


@dataclass(frozen=True)
class Enclosure:
    """A file that came with a mail."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass
class Mail:
    """What a mail says. People are (name, address)."""

    subject: str = ""
    sender: tuple[str, str] = ("", "")
    to: list[tuple[str, str]] = field(default_factory=list)
    cc: list[tuple[str, str]] = field(default_factory=list)
    at: datetime | None = None
    text: str = ""
    message_id: str = ""
    files: list[Enclosure] = field(default_factory=list)
    left_out: int = 0


def is_mail(head: bytes) -> bool:
    """Say whether the first bytes of a file are the head of a mail."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return _HEADERS.match(head) is not None and len(set(_TELLING.findall(head.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]))) > 1


def is_outlook_item(path: Path) -> bool:
    """Say whether a compound file is a mail or something like it, and no workbook."""
    if path.stat().st_size > LARGEST:
        return False
    content = path.read_bytes()
    is_named = path.suffix.lower() == ".msg" or "__properties_version1.0".encode("utf-16-le") in content
    return is_named and "Workbook".encode("utf-16-le") not in content


def open_mails(paths: Sequence[Path]) -> Table:
    """Open mails as one table; of several, one that can't be read is rejected alone.

    Raises:
        UserError: the only one can't be read.
    """
    lines: list[Line] = []
    left_out = size = 0
    for number, path in enumerate(paths, 1):
        try:
            mail = read_mail(path)
        except UserError as error:
            if len(paths) == 1:
                raise
            lines.append((number, OddRow.because(error.message, Happening(number, "mail").cells())))
            continue
        left_out += mail.left_out
        size += len(mail.text)
        if size > MOST_TEXT:
            raise UserError(tr("These are too many mails at once."), hint=tr("Import them in several parts."))
        lines.append((number, _row(number, path, mail).cells()))

    def rows() -> Iterator[Line]:
        return iter(lines)

    def said(line: int, reason: str) -> str:
        return tr("{file}: {reason}", file=paths[line - 1].name, reason=reason)

    notes = (tr("{count} attached files were too large or too many and were left out.", count=left_out),) if left_out else ()
    return Table(
        paths[0],
        "mail",
        columns(),
        rows,
        tuple(lines[:SAMPLE_ROWS]),
        len(lines),
        notes=notes,
        ways=Ways(SOURCE, partial(layout_of, SOURCE, None), HappeningShape, load_file, None, said, lambda: [(path, place) for place, path in enumerate(paths)]),
    )


def _row(number: int, path: Path, mail: Mail) -> Happening:
    people = [*mail.to, *mail.cc][:MOST_PEOPLE]
    head = []
    if sender := _said([mail.sender]):
        head.append(tr("From: {people}", people=sender))
    if to := _said(mail.to):
        head.append(tr("To: {people}", people=to))
    if copied := _said(mail.cc):
        head.append(tr("Cc: {people}", people=copied))
    files = Files(", ".join(file.name for file in mail.files))
    files.places = tuple((SOURCE, str(path), index) for index in range(len(mail.files)))
    return Happening(
        number, "mail", mail.subject, mail.at or datetime.fromtimestamp(path.stat().st_mtime, UTC), author=mail.sender[1].lower(),
        people=tuple(dict.fromkeys(address.lower() for _, address in people if address)), body="\n".join([*head, "", mail.text]), external_id=mail.message_id[:300], files=files,
    )  # fmt: skip


def _said(people: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} <{address}>" if name and address and name != address else name or address for name, address in people if name or address)


def read_mail(path: Path) -> Mail:
    """Read a mail, whichever of the two sorts it is.

    Raises:
        UserError: it is damaged, too large, or no mail.
    """
    if path.stat().st_size > LARGEST:
        raise UserError(tr("“{file}” is too large.", file=path.name), hint=tr("Save the files that are attached to it by themselves."))
    with path.open("rb") as file:
        is_outlook = file.read(8) == OLE
    try:
        mail = _of_outlook(path) if is_outlook else _of_text(path)
    except _DAMAGE as error:
        raise UserError(tr("“{file}” is damaged, or no mail.", file=path.name)) from error
    mail.text = _tidy(mail.text)
    return mail


def load_file(place: tuple[str | int, ...]) -> tuple[str, str, bytes] | None:
    """Return name, type and content of a file that is attached to a mail."""
    from pathlib import Path

    path, index = place
    files = read_mail(Path(str(path))).files
    if int(index) >= len(files):
        return None
    file = files[int(index)]
    return file.name, file.mime, file.content


_MANY_BREAKS = re.compile(r"\n{4,}")


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace("\xa0", " ")
    return _MANY_BREAKS.sub("\n\n\n", "\n".join(line.rstrip() for line in text[: LONGEST_TEXT * 2].split("\n"))).strip()[:LONGEST_TEXT]


# ---- .eml ----


def _of_text(path: Path) -> Mail:
    letter = message_from_bytes(path.read_bytes())
    if not letter.keys():
        raise UserError(tr("“{file}” is damaged, or no mail.", file=path.name))
    mail = Mail(
        subject=_header(letter, "Subject"), to=_people(letter, "To"), cc=_people(letter, "Cc"), at=_date(letter), message_id=_header(letter, "Message-ID").strip("<> "),
        sender=next(iter(_people(letter, "From") or _people(letter, "Sender")), ("", "")),
    )  # fmt: skip
    html = ""
    for number, part in enumerate(_parts(letter)):
        if number >= MOST_PARTS:
            mail.left_out += 1
            break
        kind = part.get_content_type()
        name = _filename(part)
        is_attached = part.get_content_disposition() == "attachment" or bool(name)
        if part.get_content_maintype() == "text" and not is_attached and kind in {"text/plain", "text/html"}:
            if kind == "text/plain":
                mail.text = f"{mail.text}\n{_text(part)}" if mail.text else _text(part)
            else:
                html = html or _text(part)
        elif not (part.get("Content-ID") and part.get_content_maintype() == "image" and part.get_content_disposition() != "attachment"):
            _enclose(mail, name or _unnamed(kind), kind, _content(part))
    if not mail.text.strip() and html:
        mail.text = text_of(html)
    return mail


def _parts(letter: Letter) -> Iterator[Letter]:
    """Yield the parts that hold something; a mail inside a mail is one part."""
    waiting: list[Letter] = [letter]
    while waiting:
        part = waiting.pop()
        payload: Any = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += reversed(payload[:MOST_PARTS])
        else:
            yield part


def _content(part: Letter) -> bytes:
    payload: Any = part.get_payload()
    if isinstance(payload, list):
        return b"".join(inner.as_bytes() for inner in payload[:1])
    decoded: Any = part.get_payload(decode=True)
    return bytes(decoded or b"")


def _text(part: Letter) -> str:
    content = _content(part)[: LARGEST_HTML * 2]
    for charset in (part.get_content_charset() or "", "utf-8", "cp1252"):
        try:
            return content.decode(charset) if charset and charset != "utf-7" else content.decode("ascii")
        except (LookupError, ValueError):  # no such encoding, or not in it
            continue
    return content.decode("latin-1")


def _header(letter: Letter, name: str) -> str:
    """Return a header as text, whatever became of it on its way."""
    return _decoded(next(iter(_raw(letter, name)), ""))


def _raw(letter: Letter, name: str) -> list[str]:
    """Return all headers of a name as they stand in the file; the library makes question marks of bytes that are no ASCII."""
    return [str(value) for key, value in letter.raw_items() if key.lower() == name.lower()]


def _decoded(value: str) -> str:
    value = " ".join(value.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    found = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            found.append(piece)
            continue
        try:
            found.append(piece.decode(charset or "utf-8", "replace"))
        except (LookupError, ValueError):
            found.append(piece.decode("utf-8", "replace"))
    return " ".join("".join(found).split())


def _people(letter: Letter, name: str) -> list[tuple[str, str]]:
    values = [" ".join(value.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split()) for value in _raw(letter, name)[:20]]
    people = email.utils.getaddresses([value[:20_000] for value in values])[:MOST_PEOPLE]
    return [(_decoded(said), address) for said, address in people if said or address]


def _date(letter: Letter) -> datetime | None:
    received = [value.rpartition(";")[2] for value in _raw(letter, "Received")]
    for text in (_header(letter, "Date"), *received[-1:]):
        try:
            at = email.utils.parsedate_to_datetime(text.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def _filename(part: Letter) -> str:
    name = part.get_filename()
    return _decoded(name) if name else ""


def _unnamed(kind: str) -> str:
    import mimetypes

    ending = ".eml" if kind.startswith("message/") else mimetypes.guess_extension(kind) or ""
    return tr("file") + ending


def _enclose(mail: Mail, name: str, kind: str, content: bytes) -> None:
    if not content:
        return
    if len(content) > LARGEST_FILE or len(mail.files) >= MOST_FILES:
        mail.left_out += 1
    else:
        mail.files.append(Enclosure(name, kind, content))


# ---- .msg ----


def _of_outlook(path: Path) -> Mail:
    from oxmsg import Message

    item = Message.load(str(path))
    sort = (item.message_class or "IPM.Note").upper()
    if not sort.startswith(("IPM.NOTE", "REPORT.", "IPM.SCHEDULE", "IPM.POST")) and sort != "IPM":
        raise UserError(
            tr("“{file}” is an item of Outlook, but no mail ({kind}).", file=path.name, kind=item.message_class),
            hint=tr("Save contacts as vCard and appointments as iCalendar."),
        )
    headers = {name.lower(): value for name, value in item.message_headers.items()}
    sender = next(iter(email.utils.getaddresses([item.sender or headers.get("from", "")])), ("", ""))
    if "@" not in sender[1] and headers.get("from"):
        sender = next(iter(email.utils.getaddresses([headers["from"]])), sender)
    mail = Mail(
        subject=item.subject or "", sender=(_decoded(sender[0]), sender[1] if "@" in sender[1] else ""), at=_of_headers(headers) or item.sent_date,
        message_id=headers.get("message-id", "").strip("<> "), text=item.body or text_of(item.html_body or ""),
    )  # fmt: skip
    mail.to = [(person.name or "", person.email_address if "@" in (person.email_address or "") else "") for person in item.recipients][:MOST_PEOPLE]
    for file in item.attachments:
        if (file.size or 0) > LARGEST_FILE:
            mail.left_out += 1
        elif content := file.file_bytes:
            _enclose(mail, file.file_name or _unnamed(file.mime_type or ""), file.mime_type or "application/octet-stream", content)
    return mail


def _of_headers(headers: dict[str, str]) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
