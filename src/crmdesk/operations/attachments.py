"""Files inside the store: cleaned names, content in pieces, checked by its hash when read."""

from __future__ import annotations

import hashlib
import io
import mimetypes
import re
import unicodedata
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from uuid import UUID

from crmdesk.clock import new_id_bytes
from crmdesk.errors import DamageFound, UserError, why
from crmdesk.i18n import mark, tr
from crmdesk.models.workspace import Attachment
from crmdesk.operations.activities import with_company
from crmdesk.queries.seen import live
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmdesk.store.reader import Reader

PIECE = 1 << 20
LARGEST = 100 * PIECE
TARGETS = ("company", "contact", "deal", "ticket", "quote", "lead", "product", "activity")
_LONGEST_NAME = 120

# Windows opens a device under these names, whatever the ending.
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "123456789¹²³")})
_TYPES = mimetypes.MimeTypes(())


def clean_name(name: str) -> str:
    """Return a file's name without paths, control and direction characters, signs that some system forbids, and reserved names.

    A name of which nothing is left becomes “file”.
    """
    bare = unicodedata.normalize("NFC", name)
    bare = "".join(c for c in bare if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    bare = re.split(r"[/\\]", bare)[-1]
    bare = re.sub(r'[<>:"|?*]', "_", bare)
    bare = " ".join(bare.split()).strip(". ")
    stem, dot, ending = bare.rpartition(".") if "." in bare else (bare, "", "")
    if len(bare) > _LONGEST_NAME:
        ending = ending[:16]
        stem = stem[: _LONGEST_NAME - len(ending) - 1].rstrip(". ")
        bare = f"{stem}{dot}{ending}"
    if bare.partition(".")[0].strip().casefold() in _RESERVED:
        bare = f"_{bare}"
    return bare or tr("file")


@operation(mark("Attach file"), right="attachment.write")
def attach(change: Change, entity: str, record_id: UUID, name: str, content: bytes | Path, mime: str | None = None) -> UUID:
    """Put a file into the store beside a record; returns the file's id.

    Args:
        entity: one of `TARGETS`.
        content: the bytes themselves, or the path of the file.

    Raises:
        UserError: the record is unknown, the file can't be read or is too large.
    """
    if entity not in TARGETS:
        raise UserError(tr("Files can't be attached to “{entity}”.", entity=entity), hint=tr("Choose one of: {options}.", options=", ".join(TARGETS)))
    if not change.reader.value(f'SELECT 1 FROM "{entity}" t WHERE t.id = ? AND {live(change.reader, entity)}', (record_id.bytes,)):  # noqa: S608
        raise UserError(tr("The record to attach this to does not exist or was deleted."))
    link = {f"{entity}_id": record_id}
    links = {**link, **_company(change, entity, record_id, link)}
    name = clean_name(name)
    attachment = change.add(Attachment, name=name, mime=mime or _TYPES.guess_type(name)[0] or "application/octet-stream", target=entity, **links)
    change.flush()
    attachment.size, attachment.sha256 = _keep(change, attachment.id, name, content)
    change.note(about=name)
    return attachment.id


def keep(change: Change, entity: str, record: bytes, company: bytes | None, name: str, mime: str, content: bytes) -> None:
    """Put a file beside a record that is being written in the same operation, such as an import."""
    name, attachment_id = clean_name(name), new_id_bytes()
    size, sha256 = _write(change, UUID(bytes=attachment_id), name, io.BytesIO(content))
    columns, row = ["id", "name", "mime", "size", "sha256", "target", f"{entity}_id"], [attachment_id, name, mime, size, sha256, entity, record]
    if company and entity != "company":
        columns, row = [*columns, "company_id"], [*row, company]
    change.insert_many(Attachment, tuple(columns), [tuple(row)])


def _company(change: Change, entity: str, record_id: UUID, link: dict[str, UUID]) -> dict[str, UUID]:
    if entity == "activity":
        found = change.reader.value("SELECT company_id FROM activity WHERE id = ?", (record_id.bytes,))
        return {"company_id": UUID(bytes=found)} if found else {}
    known = with_company(change, link)
    return {"company_id": known["company_id"]} if "company_id" in known else {}


def _keep(change: Change, attachment_id: UUID, name: str, content: bytes | Path) -> tuple[int, str]:
    """Write the pieces of a file; returns its size and hash."""
    if isinstance(content, bytes):
        return _write(change, attachment_id, name, io.BytesIO(content))
    try:
        if content.stat().st_size > LARGEST:
            raise _too_large(name)
        with content.open("rb") as source:
            return _write(change, attachment_id, name, source)
    except OSError as error:
        raise UserError(tr("{path} can't be read: {why}.", path=content, why=why(error))) from error


def _write(change: Change, attachment_id: UUID, name: str, source: IO[bytes]) -> tuple[int, str]:
    size, digest, position = 0, hashlib.sha256(), 0
    while piece := source.read(PIECE):
        size += len(piece)
        if size > LARGEST:
            raise _too_large(name)
        digest.update(piece)
        change.execute("INSERT INTO attachment_piece(attachment_id, position, content) VALUES (?, ?, ?)", (attachment_id.bytes, position, piece))
        position += 1
    return size, digest.hexdigest()


def _too_large(name: str) -> UserError:
    return UserError(
        tr("{name} is too large: a file may have up to {size} MB.", name=name, size=LARGEST // PIECE), hint=tr("Keep it in a folder and note where it lies.")
    )


@dataclass(frozen=True)
class File:
    """What is known of a file without its content."""

    id: UUID
    name: str
    mime: str
    size: int
    target: str
    sha256: str


def files(reader: Reader, entity: str, record_id: UUID) -> list[File]:
    """Return the files of a record, newest first; those of a company are also its contacts', deals' and tickets'."""
    if entity not in TARGETS:
        return []
    found = reader.rows(
        f"SELECT t.id, t.name, t.mime, t.size, t.target, t.sha256 FROM attachment t WHERE t.{entity}_id = ? AND {live(reader, 'attachment')} ORDER BY t.id DESC",  # noqa: S608
        (record_id.bytes,),
    )
    return [File(UUID(bytes=row[0]), row[1] or "", row[2] or "", row[3] or 0, row[4] or "", row[5] or "") for row in found]


def file(reader: Reader, attachment_id: UUID) -> File:
    """Return what is known of a file.

    Raises:
        UserError: there is no such file.
    """
    row = reader.one(
        f"SELECT t.id, t.name, t.mime, t.size, t.target, t.sha256 FROM attachment t WHERE t.id = ? AND {live(reader, 'attachment')}",
        (attachment_id.bytes,),  # noqa: S608
    )
    if row is None:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr("File")))
    return File(UUID(bytes=row[0]), row[1] or "", row[2] or "", row[3] or 0, row[4] or "", row[5] or "")


def pieces(reader: Reader, attachment_id: UUID) -> Iterator[bytes]:
    """Yield a file's content piece by piece.

    Raises:
        DamageFound: after the last piece, if what was read is not what was attached.
    """
    known, digest, size, position = file(reader, attachment_id), hashlib.sha256(), 0, 0
    while (piece := reader.value("SELECT content FROM attachment_piece WHERE attachment_id = ? AND position = ?", (attachment_id.bytes, position))) is not None:
        digest.update(piece)
        size += len(piece)
        position += 1
        yield bytes(piece)
    if size != known.size or digest.hexdigest() != known.sha256:
        raise DamageFound(
            tr("{name} is damaged: its content is not what was attached.", name=known.name), hint=tr("Restore a backup: crmdesk restore BACKUP FILE.")
        )


def content(reader: Reader, attachment_id: UUID) -> bytes:
    """Return a file's whole content, checked.

    Raises:
        DamageFound: it is not what was attached.
    """
    return b"".join(pieces(reader, attachment_id))


def save_to(reader: Reader, attachment_id: UUID, path: Path) -> None:
    """Write a file's content to a path that does not exist yet.

    Raises:
        UserError: there is something at the path already, or it can't be written.
        DamageFound: the content is not what was attached; nothing is left at the path.
    """
    try:
        with path.open("xb") as target:
            for piece in pieces(reader, attachment_id):
                target.write(piece)
    except FileExistsError:
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed.")) from None
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UserError(tr("{path} can't be written: {why}.", path=path, why=why(error))) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
