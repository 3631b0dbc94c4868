"""Content lines: what address cards and calendars are written in, from the standards of 1996 to today's, and as real programs write them.

Of the real files that we found vobject gives up on 24 of 107 with cards and icalendar on 14 of 160 with appointments, each as a whole for one odd
line or letter; here such a line costs no more than itself.
"""

from __future__ import annotations

import binascii
import codecs
import io
import quopri
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.files.encoding import BOMS, detect
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

LONGEST_LINE = 10_000_000
LARGEST_BLOCK = 24 << 20
COST_OF_LINE = 40
"""What a line takes beside its bytes: millions of short ones fill the memory too."""
LARGEST_WIDE = 50 << 20
DEEPEST = 8

_BEGIN = re.compile(rb"[ \t]*BEGIN[ \t]*:[ \t]*([A-Za-z0-9-]+)[ \t]*", re.IGNORECASE)
_END = re.compile(rb"[ \t]*END[ \t]*:[ \t]*([A-Za-z0-9-]+)[ \t]*", re.IGNORECASE)
_MARKS = frozenset((b"B", b"b", b"E", b"e", b" ", b"\t"))
_BLANKS = frozenset((b" ", b"\t"))
_HEAD = re.compile(rb"[ \t]*[A-Za-z0-9_./-]+[ \t]*[;:]")
_NAME = re.compile(rb"[A-Za-z0-9_./-]+")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+={0,3}[ \t]*")


@dataclass(slots=True)
class Block:
    """The lines between a BEGIN and its END, with nested ones left in their place.

    Attributes:
        name: such as VCARD.
        line, offset: where it begins: the line counted from one, the byte.
        problem: why it can't be taken, empty if it can.
        nests: whether others lie in it.
    """

    name: str
    line: int
    offset: int
    lines: list[bytes] = field(default_factory=list)
    problem: str = ""
    nests: bool = False


@dataclass(slots=True)
class Property:
    """One content line, taken apart.

    Attributes:
        name: in capitals. group: what ties it to its label, such as `item1`.
        types: the words of TYPE, and those that stand alone as in vCard 2.1; lower case.
        is_binary: its value is base64.
    """

    name: str
    value: str
    group: str = ""
    types: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    is_binary: bool = False


@dataclass(frozen=True)
class Source:
    """A file of content lines.

    Attributes:
        wide: its encoding, if it is UTF-16 or UTF-32.
    """

    path: Path
    wide: str = ""

    def open(self) -> IO[bytes]:
        """Open it as bytes in which lines end with LF; wide encodings become UTF-8."""
        if not self.wide:
            return self.path.open("rb")
        if self.path.stat().st_size > LARGEST_WIDE:
            raise UserError(tr("“{file}” is too large for its encoding.", file=self.path.name), hint=tr("Save it in UTF-8."))
        try:
            return io.BytesIO(self.path.read_bytes().decode(self.wide).encode("utf-8", "replace"))
        except UnicodeError:
            raise UserError(tr("“{file}” can't be read as {encoding}.", file=self.path.name, encoding=self.wide)) from None


def source_of(path: Path) -> Source:
    """Return a file with the encoding that its first bytes show."""
    with path.open("rb") as file:
        head = file.read(64)
    for bom, encoding in BOMS:
        if head.startswith(bom) and encoding != "utf-8-sig":
            return Source(path, encoding)
    if head[1:2] == b"\0" and head[:1] != b"\0":
        return Source(path, "utf-32-le" if head[2:4] == b"\0\0" else "utf-16-le")
    if head[:1] == b"\0":
        return Source(path, "utf-32-be" if head[1:2] == b"\0" else "utf-16-be")
    return Source(path)


def begins_with(head: bytes, component: bytes) -> bool:
    """Say whether the first lines of a file open a component, whatever its encoding."""
    text = head.replace(b"\0", b"").removeprefix(codecs.BOM_UTF8).removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
    found = _BEGIN.match(text.lstrip())
    return found is not None and found[1].upper() == component


# ---- physical lines ----


def lines_of(stream: IO[bytes], name: str) -> Iterator[tuple[int, int, bytes]]:
    """Yield the lines of a stream, however they end: number, offset, bytes without the end.

    Raises:
        UserError: a line is beyond all measure.
    """
    number, offset = 0, stream.tell()
    while line := stream.readline(LONGEST_LINE):
        if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
            raise UserError(
                tr("Line {line} of “{file}” is longer than ten million characters.", line=number + 1, file=name),
                hint=tr("The file is damaged, or not what its name says."),
            )
        length = len(line)
        bare = line.rstrip(b"\r\n")
        if not number:
            bare = bare.removeprefix(codecs.BOM_UTF8)
        if b"\r" in bare:
            for piece in bare.split(b"\r"):
                number += 1
                yield number, offset, piece
        else:
            number += 1
            yield number, offset, bare
        offset += length


def blocks_of(stream: IO[bytes], components: frozenset[bytes], name: str) -> Iterator[Block]:
    """Yield the components of some sorts, each with its lines; one that never ends is marked so.

    Raises:
        UserError: a line is beyond all measure.
    """
    block: Block | None = None
    inside: list[bytes] = []
    size = 0
    for number, offset, line in lines_of(stream, name):
        begins, ends = _mark(line)
        if block is None:
            if begins in components:
                block, inside, size = Block(begins.decode(), number, offset), [begins], 0
            continue
        if begins in components and not (len(inside) == 1 and _awaits_agent(block)):
            yield block  # its end is missing, but the next one shows where it was
            block, inside, size = Block(begins.decode(), number, offset), [begins], 0
            continue
        if begins:
            inside.append(begins)
            block.nests = True
        elif ends in inside:
            while inside.pop() != ends:
                pass
        elif ends == b"VCALENDAR":
            inside.clear()
        if not inside:
            yield block
            block = None
            continue
        size += len(line) + COST_OF_LINE
        if block.problem:
            continue
        if size > LARGEST_BLOCK or len(inside) > DEEPEST:
            block.problem = tr("It is larger or deeper than any real one.")
            block.lines.clear()
        else:
            block.lines.append(line)
    if block is not None:
        block.problem = block.problem or tr("It has no end: the file is cut off here.")
        yield block


def _mark(line: bytes) -> tuple[bytes, bytes]:
    """Return what a line begins and what it ends, most often nothing."""
    if line[:1] not in _MARKS:
        return b"", b""
    if found := _BEGIN.fullmatch(line):
        return found[1].upper(), b""
    found = _END.fullmatch(line)
    return b"", found[1].upper() if found else b""


def _awaits_agent(block: Block) -> bool:
    """Say whether a card may begin inside this one here: as the agent of a vCard 2.1."""
    return bool(block.lines) and block.lines[-1].strip().upper().startswith(b"AGENT") and block.lines[-1].rstrip().endswith(b":")


# ---- logical lines ----


def unfolded(block: Block, keeps_blank: bool, without: tuple[bytes, ...] = ()) -> Iterator[bytes]:
    """Join what was folded: by a leading blank, by the soft break of quoted-printable, in base64, and where a line was broken by mistake.

    Args:
        keeps_blank: the blank of a fold belongs to the text, as in vCard 2.1.
        without: names of properties whose base64 is not needed; they come without it.
    """
    pieces: list[bytes] = []
    is_quoted = is_base64 = drops = False
    lines = list(_own_lines(block)) if block.nests else block.lines
    for at, line in enumerate(lines):
        if pieces:
            if is_quoted and pieces[-1][-1:] == b"=":
                pieces[-1] = pieces[-1][:-1]
                pieces.append(line)
                continue
            if line[:1] in _BLANKS:
                if not drops:
                    pieces.append(line if keeps_blank and not is_base64 else line[1:])
                continue
            if is_base64 and line and _BASE64.fullmatch(line):
                if not drops:
                    pieces.append(line)
                continue
            if line and not _HEAD.match(line) and not _is_cut_head(line, lines[at + 1 : at + 2]):
                if pieces[-1].endswith(b"\\"):
                    pieces[-1] = pieces[-1][:-1]
                pieces.append(b"\\n" + line)
                continue
            yield pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if not line.strip():
            pieces = []
            continue
        head = line.partition(b":")[0]
        is_quoted = is_base64 = drops = False
        if b";" in head:
            head = head[:300].upper()
            is_quoted = b"QUOTED-PRINTABLE" in head
            is_base64 = b"BASE64" in head or b"ENCODING=B" in head
            drops = is_base64 and bool(without) and head.rpartition(b".")[2].startswith(without)
        pieces = [line]
    if pieces:
        yield b"".join(pieces)


def _is_cut_head(line: bytes, following: Sequence[bytes]) -> bool:
    """Say whether a line is the name of a property that was folded before its colon."""
    return bool(_NAME.fullmatch(line) and following and following[0][:1] in _BLANKS and following[0].lstrip()[:1] in (b":", b";"))


def _own_lines(block: Block) -> Iterator[bytes]:
    """Yield a component's lines without those of the components in it."""
    depth = 0
    for line in block.lines:
        begins, ends = _mark(line)
        if not depth and not begins and not ends:
            yield line
        depth = max(0, depth + bool(begins) - bool(ends))


def is_old(block: Block) -> bool:
    """Say whether a card or calendar is written as in 1996."""
    return any(line[:8].upper() == b"VERSION:" and line[8:].strip() in (b"2.1", b"1.0") for line in block.lines)


# ---- properties ----

_PARAM = re.compile(r';[ \t]*([A-Za-z0-9_-]+)[ \t]*(?:=[ \t]*((?:"[^"]*"|[^;:"])*))?')
_NAMED = re.compile(r"[ \t]*(?:([A-Za-z0-9_.-]+)\.)?([A-Za-z0-9_/-]+)[ \t]*")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the colon; most lines of a file share a few of them."""

    name: str
    group: str = ""
    types: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    is_quoted: bool = False
    is_binary: bool = False
    charset: str = ""


def property_of(line: bytes, fallback: str) -> Property | None:
    """Take a content line apart; None if it is none.

    Args:
        fallback: the encoding of bytes that are no UTF-8 and do not say what they are.
    """
    before, sign, value = line.partition(b":")
    if not sign:
        return None
    if b'"' in before or (b'"' in value and b";" in before):
        before, value = _split_quoted(line)
    head = _head(before) if len(before) < 500 else _read_head(before)
    if head is None:
        return None
    if head.is_quoted:
        text = decoded(quopri.decodestring(value), head.charset, fallback).replace("\r\n", "\n").replace("\r", "\n")
    elif head.is_binary:
        text = value.decode("ascii", "ignore")
    else:
        text = value.decode("ascii") if value.isascii() and not head.charset else decoded(value, head.charset, fallback)
    if "\0" in text:
        text = text.replace("\0", "")
    return Property(head.name, text, head.group, head.types, head.params, head.is_binary)


def _read_head(before: bytes) -> Head | None:
    text = before.decode("utf-8", "replace")
    found = _NAMED.match(text)
    if found is None:
        return None
    types: list[str] = []
    params: dict[str, str] = {}
    for name, value in _PARAM.findall(text[found.end() :]):
        value = value.replace('"', "").strip()
        if not value:
            types.append(name.lower())
        elif name.upper() == "TYPE":
            types += [word.strip().lower() for word in value.split(",") if word.strip()]
        else:
            params[name.upper()] = value
    encoding = params.get("ENCODING", "").upper()
    return Head(
        found[2].upper(), found[1] or "", tuple(dict.fromkeys(types)), params, encoding == "QUOTED-PRINTABLE" or "quoted-printable" in types,
        encoding in {"B", "BASE64"} or "base64" in types, params.get("CHARSET", ""),
    )  # fmt: skip


_head = lru_cache(maxsize=4096)(_read_head)


def _split_quoted(line: bytes) -> tuple[bytes, bytes]:
    """Divide a line at the first colon that stands in no quotation marks; at the very first one if they are never closed."""
    is_open = False
    for at, byte in enumerate(line[:100_000]):
        if byte == 0x22:
            is_open = not is_open
        elif byte == 0x3A and not is_open:
            return line[:at], line[at + 1 :]
    head, _, value = line.partition(b":")
    return head, value


def decoded(value: bytes, charset: str, fallback: str) -> str:
    """Return bytes as text: in UTF-8 if they are that, in the encoding they name, else in what the whole file seems to be."""
    if value.isascii() and not charset.lower().startswith(("iso-2022", "utf-7", "hz")):
        return value.decode("ascii")
    for encoding in (charset, "utf-8", fallback, "cp1252"):
        if not encoding or encoding.lower() == "utf-7":
            continue
        try:
            return value.decode(_page(encoding))
        except (LookupError, ValueError):  # no such encoding, or not in it
            continue
    return value.decode("latin-1")


@lru_cache(maxsize=64)
def _page(encoding: str) -> str:
    """Return the encoding that programs mean by a name: Windows' pages extend the standards that they are called by."""
    known = {"shift_jis": "cp932", "shiftjis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "iso-8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
    return known.get(encoding.lower(), encoding)


def fallback_of(source: Source) -> str:
    """Return the encoding of what is no UTF-8 in a file and does not say what it is."""
    state = source.path.stat()
    return _fallback(source.path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _fallback(path: Path, _changed_at: int, _size: int) -> str:
    guess = detect(path)
    return "cp1252" if guess.encoding.startswith("utf") else guess.encoding


_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BETWEEN = {sign: re.compile(rf"(?:^|(?<={sign}))((?:[^{sign}\\]|\\.|\\$)*)(?:{sign}|$)", re.DOTALL) for sign in ";,"}


def plain(text: str) -> str:
    """Return a value without its escapes."""
    return _ESCAPED.sub(_meant, text) if "\\" in text else text


def _meant(found: re.Match[str]) -> str:
    sign = found[1]
    if sign in "nN":
        return "\n"
    return sign if sign in ",;:\\\"'" else "\\" + sign


def pieces_of(text: str, sign: str = ";") -> list[str]:
    """Return the pieces of a structured value, each without escapes and surrounding blanks."""
    if "\\" not in text:
        return [piece.strip() for piece in text.split(sign)]
    return [plain(piece).strip() for piece in _BETWEEN[sign].findall(text)]


_OURS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_our_id(text: str) -> bool:
    """Say whether an id is such as we give to records: a UUID of version 7."""
    return _OURS.fullmatch(text) is not None


def binary(text: str) -> bytes | None:
    """Return what base64 holds, or None if it is damaged."""
    bare = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        return binascii.a2b_base64(bare + "=" * (-len(bare) % 4)) or None
    except binascii.Error:
        return None


class Pile:
    """Some files of content lines, read one after the other; their lines are numbered through.

    Attributes:
        starts: the running number of the line before the first one of each file.
        empty: the names of files that have none of the components.
    """

    def __init__(self, paths: Sequence[Path], components: frozenset[bytes]) -> None:
        self.sources = [source_of(path) for path in paths]
        self.components = components
        self.starts: list[int] = []
        self.empty: list[str] = []

    def blocks(self) -> Iterator[tuple[int, int, Block]]:
        """Yield all components: the file's number, the running number of the line, the component."""
        base = 0
        starts: list[int] = []
        empty: list[str] = []
        for number, source in enumerate(self.sources):
            starts.append(base)
            last = 0
            with source.open() as stream:
                for block in blocks_of(stream, self.components, source.path.name):
                    last = block.line + len(block.lines) + 2
                    yield number, base + block.line, block
            base += last
            if not last:
                empty.append(source.path.name)
        self.starts, self.empty = starts, empty

    def files(self) -> list[tuple[Path, int]]:
        """Return the files, each with the running number of the line before its first one."""
        return [(source.path, start) for source, start in zip(self.sources, self.starts, strict=True)]

    def said(self, line: int, reason: str) -> str:
        """Return a reason with the file and the line that it is about."""
        number = bisect_right(self.starts, line - 1) - 1
        return tr("{file}, line {line}: {reason}", file=self.sources[number].path.name, line=line - self.starts[number], reason=reason)

    def give_back(self, path: Path, reasons: Mapping[int, str], before: bytes = b"", after: bytes = b"", kept: frozenset[str] = frozenset()) -> None:
        """Write rejected components as they were, with the reason inside each.

        Args:
            reasons: by the running number of the line.
            kept: components that come along whatever becomes of the others, such as time zones.
        """
        with path.open("xb") as target:
            target.write(before)
            for _, line, block in self.blocks():
                if (reason := reasons.get(line)) or block.name in kept:
                    said = [b"X-CRMDESK-REASON:" + " ".join(reason.split()).replace("\\", "\\\\").encode("utf-8")] if reason else []
                    lines = (b"BEGIN:" + block.name.encode(), *block.lines, *said, b"END:" + block.name.encode())
                    target.write(b"".join(line + b"\r\n" for line in lines))
            target.write(after)
