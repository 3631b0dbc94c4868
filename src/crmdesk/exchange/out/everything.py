"""Take all my data: everything in one zip that people and programs can read, and everything of such a zip in a new store."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from crmdesk import __version__
from crmdesk.clock import now
from crmdesk.errors import DamageFound, UserError
from crmdesk.exchange.out.whole_rows import KINDS, plan_of, row_text, stored_row
from crmdesk.fields import LARGEST_STORED
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES
from crmdesk.operations import exports, takeover
from crmdesk.operations.attachments import LARGEST, PIECE, clean_name
from crmdesk.store.pace import no_garbage
from crmdesk.store.rights import authorize
from crmdesk.store.unfinished import unfinished

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.models.base import Record
    from crmdesk.store import Reader, Store

FORMAT, VERSION = "crmdesk-data", 1
LONGEST_LINE = 64 << 20
MOST_ENTRIES = 2_000_000
MOST_UNPACKED = 200 << 30
RATIO, SMALL = 200, 1 << 20
"""No entry of more than a megabyte unpacks to two hundred times its size: text does not, bombs do."""
REPORTED = 500

Progress = Callable[[int, int], object]

_FILE = re.compile(r"files/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/([^/\\]+)")

README = """All data of a CRMDesk store
===========================

Made on {made} by CRMDesk {program}. This is plain data: keep it as safe as the store itself, it is not encrypted.

manifest.json   what is in here: the number of rows and the SHA-256 of each file in records/, the store's currency, and who took the data out
fields.json     the schema: for each file in records/ its fields, with label, kind of value and the records that links point to
records/        one JSON file for each sort of record: an array with one record per line, so that it can also be read line by line
files/          the files that were attached, each in a folder that is called by its id in records/attachment.json

Values
------
{kinds}

Fields without a value are left out. A record with "deleted_at" lies in the bin. Parts of a record, such as phones or the lines of a quote,
are records of their own and name their owner: {{"contact": "<id>", "number": "+49 30 123456"}}.
The journal of changes is not in here: it proves what happened in that one store, and is in its backups.

All of it goes into a new, empty store with:  crmdesk --store NEW.crmdesk import all THIS.zip
"""


@dataclass(frozen=True)
class Taken:
    """What went out or came in."""

    rows: int
    files: int
    file: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command line prints it."""
        return {"rows": self.rows, "files": self.files, "file": self.file}


# ---- out ----


def export_all(store: Store, path: Path, progress: Progress | None = None, *, replaces: bool = False, reason: str = "", origin: str = "cli") -> Taken:
    """Write everything that a store holds into a zip, row by row.

    Args:
        replaces: a file that is there already gives way once the zip is whole.
        reason: what it is for; it stands in the journal.
        origin: the door it was asked for at, as in `Store.run_from`.
        progress: told how many rows and files of how many are done; may raise `Cancelled`, then there is no file.

    Raises:
        NotAllowed: only the owner takes everything.
        UserError: the file exists or can't be written. DamageFound: an attached file is not what was attached.
    """
    authorize(store.viewer, "store.write")
    if path.exists() and not replaces:
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed."))
    with unfinished(path, "part") as half, no_garbage(), store.read() as reader:
        out = _Out(reader, progress)
        with zipfile.ZipFile(half, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            out.write(archive, store.viewer.member_id)
        store.run_from(origin, exports.note_export, "all", out.rows, path.name, reason=reason)
        half.replace(path)
    return Taken(out.rows, out.files, str(path))


def count_all(reader: Reader) -> int:
    """Return how many records are taken along, deleted ones too."""
    return sum(int(reader.value(f'SELECT count(*) FROM "{name}"')) for name in ENTITIES)  # noqa: S608


class _Out:
    """A zip on its way out."""

    def __init__(self, reader: Reader, progress: Progress | None) -> None:
        self._reader, self._progress = reader, progress
        self.rows = self.files = self._done = 0
        self._total = count_all(reader) + int(reader.value("SELECT count(*) FROM attachment"))

    def write(self, archive: zipfile.ZipFile, member: UUID | None) -> None:
        """Write all parts; the manifest comes last, since it names the others' hashes."""
        kinds = "\n".join(f"{kind:<10} {said}" for kind, said in KINDS.items())
        archive.writestr("README.txt", README.format(made=f"{now():%Y-%m-%d %H:%M} UTC", program=__version__, kinds=kinds).replace("\n", "\r\n"))
        archive.writestr("fields.json", json.dumps({name: _fields(cls) for name, cls in ENTITIES.items()}, ensure_ascii=False, indent=1))
        tables = {name: self._write_table(archive, cls) for name, cls in ENTITIES.items()}
        self._write_files(archive)
        manifest = {
            "format": FORMAT, "version": VERSION, "program": __version__, "made_at": now().isoformat(timespec="seconds"), "currency": self._reader.settings.currency,
            "member": str(member) if member else None, "records": tables, "files": self.files,
        }  # fmt: skip
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))

    def _write_table(self, archive: zipfile.ZipFile, cls: type[Record]) -> dict[str, Any]:
        columns = ", ".join(f'"{column}"' for column, _, _ in plan_of(cls))
        digest, count, currency = hashlib.sha256(), 0, self._reader.settings.currency
        with archive.open(f"records/{cls.entity.name}.json", "w", force_zip64=True) as stream:

            def put(text: str) -> None:
                content = text.encode("utf-8")
                digest.update(content)
                stream.write(content)

            put("[")
            for row in self._reader.each(f'SELECT {columns} FROM "{cls.entity.name}" ORDER BY id'):  # noqa: S608
                put((",\n" if count else "\n") + row_text(cls, row, currency))
                count += 1
                self._tell()
            put("\n]\n")
        self.rows += count
        return {"rows": count, "sha256": digest.hexdigest()}

    def _write_files(self, archive: zipfile.ZipFile) -> None:
        found = self._reader.rows("SELECT id, name, size, sha256, deleted_at FROM attachment ORDER BY id")
        for record, name, size, sha256, deleted_at in found:
            digest, length = hashlib.sha256(), 0
            # Not packed: most files are already, and what is unpacked again cannot be a bomb.
            entry = zipfile.ZipInfo(f"files/{UUID(bytes=record)}/{clean_name(name or '')}", now().timetuple()[:6])
            with archive.open(entry, "w", force_zip64=True) as stream:
                for (piece,) in self._reader.each("SELECT content FROM attachment_piece WHERE attachment_id = ? ORDER BY position", (record,)):
                    digest.update(piece)
                    length += len(piece)
                    stream.write(piece)
            if deleted_at is None and (length != (size or 0) or (sha256 and digest.hexdigest() != sha256)):
                raise DamageFound(
                    tr("{name} is damaged: its content is not what was attached.", name=name), hint=tr("Restore a backup: crmdesk restore BACKUP FILE.")
                )
            self.files += 1
            self._tell(self.files)

    def _tell(self, files: int = 0) -> None:
        self._done += 1
        if self._progress and (files or self._done % REPORTED == 0):
            self._progress(self._done, self._total)


def _fields(cls: type[Record]) -> dict[str, Any]:
    by_column = {item.column: item for item in cls.fields.values() if item.kind != "parts"}
    fields = []
    for column, name, kind in plan_of(cls):
        said: dict[str, Any] = {"name": name, "kind": kind}
        if item := by_column.get(column):
            said["label"] = item.label
            if item.target:
                said["target"] = item.target
            if item.choices:
                said["choices"] = [choice.value for choice in item.choices]
        fields.append(said)
    return {"label": cls.entity.label, "part_of": list(cls.entity.owned_by), "fields": fields}


# ---- in ----


def import_all(store: Store, path: Path, progress: Progress | None = None) -> Taken:
    """Take everything of a zip over into a store that nobody has worked in yet: all of it, or nothing.

    Args:
        progress: told how many rows and files of how many are done; may raise `Cancelled`, then nothing was written.

    Raises:
        NotAllowed: only the owner takes everything over.
        UserError: the store is not empty; the file is none of ours, damaged, or made to do harm.
    """
    authorize(store.viewer, "store.write")
    with store.read() as reader:
        if not takeover.is_untouched(reader):
            raise UserError(tr("This store is not empty."), hint=tr("All data can be taken over only by a new store: crmdesk init FILE."))
    try:
        with zipfile.ZipFile(path) as archive:
            bundle = Bundle(archive, path.name, progress)
            rows = store.run_from("import", takeover.take_over, path.name, bundle.tables(), bundle.pieces(), bundle.member)
    except FileNotFoundError:
        raise UserError(tr("There is no file “{file}”.", file=str(path))) from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refused(path.name, tr("the zip is damaged")) from error
    return Taken(rows, len(bundle.files), str(path))


def _refused(file: str, why: str) -> UserError:
    return UserError(
        tr("“{file}” can't be taken over: {why}.", file=file, why=why), hint=tr("Nothing was changed. It must be a file as “export all” writes it.")
    )


class Bundle:
    """A zip of ours, looked through before anything in it is unpacked.

    Raises:
        UserError: it is none, newer than this program, or made to do harm.
    """

    def __init__(self, archive: zipfile.ZipFile, file: str, progress: Progress | None) -> None:
        self._archive, self._file, self._progress = archive, file, progress
        self.files: dict[bytes, zipfile.ZipInfo] = {}
        self._check_directory()
        self._manifest = self._read_manifest()
        self.member = self._member()
        self._total = sum(int(said["rows"]) for said in self._manifest["records"].values()) + len(self.files)
        self._done = 0
        self._sizes: dict[bytes, tuple[int | None, str | None, bool]] = {}
        self._owners: set[bytes] = set()

    # ---- what is looked at first ----

    def _check_directory(self) -> None:
        known = {"README.txt", "fields.json", "manifest.json", *(f"records/{name}.json" for name in ENTITIES)}
        seen: set[str] = set()
        entries = self._archive.infolist()
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise _refused(self._file, tr("it holds too much"))
        for entry in entries:
            if entry.filename in seen:
                raise _refused(self._file, tr("“{name}” is in it twice", name=entry.filename))
            seen.add(entry.filename)
            found = _FILE.fullmatch(entry.filename)
            if entry.filename not in known and (not found or clean_name(found[2]) != found[2]):
                raise _refused(self._file, tr("“{name}” is nothing that we write", name=entry.filename[:200]))
            if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _refused(self._file, tr("“{name}” is packed in a way that we do not write", name=entry.filename))
            if entry.file_size > SMALL and entry.file_size > RATIO * max(entry.compress_size, 1) or (found and entry.file_size > LARGEST):
                raise _refused(self._file, tr("“{name}” is larger than it could be", name=entry.filename))
            if found:
                record = UUID(found[1]).bytes
                if record in self.files:
                    raise _refused(self._file, tr("“{name}” is in it twice", name=found[1]))
                self.files[record] = entry
        if "manifest.json" not in seen:
            raise _refused(self._file, tr("“{name}” is missing", name="manifest.json"))

    def _read_manifest(self) -> dict[str, Any]:
        try:
            with self._archive.open("manifest.json") as stream:
                said = json.loads(stream.read(SMALL))
            is_ours = said["format"] == FORMAT and isinstance(said["version"], int) and set(said["records"]) <= set(ENTITIES)
            fits = all(
                isinstance(table["rows"], int) and 0 <= table["rows"] <= LARGEST_STORED and isinstance(table["sha256"], str)
                for table in said["records"].values()
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _refused(self._file, tr("its manifest can't be read")) from None
        if isinstance(said.get("version"), int) and said["version"] > VERSION:
            raise _refused(self._file, tr("a newer CRMDesk wrote it"))
        if not is_ours or not fits or not isinstance(said.get("currency"), str):
            raise _refused(self._file, tr("its manifest can't be read"))
        names = set(self._archive.namelist())
        if missing := next((name for name in said["records"] if f"records/{name}.json" not in names), None):
            raise _refused(self._file, tr("“{name}” is missing", name=f"records/{missing}.json"))
        found: dict[str, Any] = said
        return found

    def _member(self) -> UUID:
        try:
            return UUID(str(self._manifest["member"]))
        except (KeyError, ValueError):
            raise _refused(self._file, tr("it does not say whose data it is")) from None

    # ---- rows ----

    def tables(self) -> Iterator[tuple[type[Record], tuple[str, ...], Iterator[tuple[Any, ...]]]]:
        """Yield class, columns and rows of each table, what others point to first.

        Raises:
            UserError: a row that is none, or other rows than the manifest promises.
        """
        for cls in in_order():
            # A table that is younger than the file has no rows in it.
            if cls.entity.name in self._manifest["records"]:
                yield cls, tuple(column for column, _, _ in plan_of(cls)), self._rows(cls)
            else:
                yield cls, ("id",), iter(())
        if self.member.bytes not in self._owners:
            raise _refused(self._file, tr("it does not say whose data it is"))

    def _rows(self, cls: type[Record]) -> Iterator[tuple[Any, ...]]:
        name, promised = f"records/{cls.entity.name}.json", self._manifest["records"][cls.entity.name]
        digest, count, before = hashlib.sha256(), 0, b""
        currency = self._manifest["currency"]
        with self._archive.open(name) as stream:
            for number, line in enumerate(_lines(stream, lambda: _refused(self._file, tr("“{name}” is larger than it could be", name=name))), 1):
                digest.update(line)
                if (text := line.strip().rstrip(b",")) in (b"[", b"]", b""):
                    continue
                try:
                    row = stored_row(cls, _object(text), currency)
                except (UserError, ValueError) as error:
                    reason = error.message if isinstance(error, UserError) else tr("this is no record")
                    raise _refused(self._file, tr("{name}, line {line}: {reason}", name=name, line=number, reason=reason.rstrip("."))) from None
                if row[0] <= before:
                    raise _refused(self._file, tr("{name}, line {line}: {reason}", name=name, line=number, reason=tr("a record comes twice or out of order")))
                count, before = count + 1, row[0]
                self._note(cls, row)
                self._tell()
                yield row
        if count != promised["rows"] or digest.hexdigest() != promised["sha256"]:
            raise _refused(self._file, tr("“{name}” was changed after it was written", name=name))

    def _note(self, cls: type[Record], row: tuple[Any, ...]) -> None:
        """Remember what is needed later: who owns stores, and what the files' contents must be."""
        if cls.entity.name not in {"attachment", "member"}:
            return
        values = dict(zip((column for column, _, _ in plan_of(cls)), row, strict=True))
        if cls.entity.name == "member":
            if values["role"] == "owner" and values["deleted_at"] is None:
                self._owners.add(row[0])
        else:
            self._sizes[row[0]] = (values["size"], values["sha256"], values["deleted_at"] is not None)

    # ---- files ----

    def pieces(self) -> Iterator[tuple[bytes, int, bytes]]:
        """Yield the files' contents piece by piece.

        Raises:
            UserError: a file too many or too few, or one that is not what was attached.
        """
        if set(self._sizes) != set(self.files):
            raise _refused(self._file, tr("its files are not those of its records"))
        for record, entry in self.files.items():
            size, sha256, is_gone = self._sizes[record]
            digest, length = hashlib.sha256(), 0
            with self._archive.open(entry) as stream:
                for position, piece in enumerate(iter(lambda: stream.read(PIECE), b"")):
                    digest.update(piece)
                    length += len(piece)
                    if length > LARGEST:
                        raise _refused(self._file, tr("“{name}” is larger than it could be", name=entry.filename))
                    yield record, position, piece
            if not is_gone and (length != (size or 0) or (sha256 and digest.hexdigest() != sha256)):
                raise _refused(self._file, tr("“{name}” was changed after it was written", name=entry.filename))
            self._tell(is_file=True)

    def _tell(self, is_file: bool = False) -> None:
        self._done += 1
        if self._progress and (is_file or self._done % REPORTED == 0):
            self._progress(self._done, self._total)


def _lines(stream: IO[bytes], too_long: Callable[[], UserError]) -> Iterator[bytes]:
    while line := stream.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise too_long()
        yield line


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError from None
    if not isinstance(found, dict):
        raise ValueError
    return found


def in_order() -> list[type[Record]]:
    """Return all tables, those that others point to before these: while a link points to nothing yet, every new row is looked for in all tables that wait."""
    ordered: list[type[Record]] = []
    begun: set[str] = set()

    def visit(cls: type[Record]) -> None:
        if cls.entity.name in begun:
            return
        begun.add(cls.entity.name)
        for column in cls.columns.values():
            if column.target:
                visit(ENTITIES[column.target])
        ordered.append(cls)

    for cls in ENTITIES.values():
        visit(cls)
    return ordered


__all__ = ["Bundle", "Taken", "export_all", "import_all", "in_order"]
