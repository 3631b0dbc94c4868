"""HTML as plain text: what other programs keep notes and mails in."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

LARGEST = 2 << 20

_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 table ul ol blockquote pre section article header footer".split())
_LINES = frozenset("div tr li dt dd hr".split())
_UNSHOWN = frozenset("script style head title template noscript svg object iframe".split())
_ALONE = frozenset("br hr img wbr input col meta link".split())
_INLINE = frozenset("a abbr b big cite code del em font i ins kbd label mark q s samp small span strike strong sub sup tt u var".split())
_MAY_STAY_OPEN = frozenset("p li td th tr dt dd thead tbody tfoot colgroup html body".split())
_KNOWN = _PARAGRAPHS | _LINES | _UNSHOWN | _ALONE | _INLINE | _MAY_STAY_OPEN | frozenset("center dl figure figcaption caption main nav address".split())

_DOCTYPE = re.compile(r"<!doctype[^<>]*>", re.IGNORECASE)
# Outlook's own ones are called `o:p` and the like.
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*|(?:o|v|w|m|st1):[a-z]+)(?=[\s/>])(?:\"[^\"]*\"|'[^']*'|[^'\"<>])*>", re.IGNORECASE)
_LIKE_A_TAG = re.compile(r"<[a-z/!?]", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?://(?:www\.)?|mailto:|tel:)", re.IGNORECASE)


def plain(text: str) -> str:
    """Return the text of a cell without marks where it truly is HTML: all tags are known, and what is opened is closed. Any other stays letter by letter."""
    if "<" not in text or len(text) > LARGEST:
        return text
    bare = _without_comments(_DOCTYPE.sub("", text))
    tags = [(bool(ends), name.lower()) for ends, name in _TAG.findall(bare)]
    if not _is_html(tags) or _LIKE_A_TAG.search(_TAG.sub("", bare)):
        return text
    return _text(bare, keeps_lines=all(name not in _PARAGRAPHS | _LINES for _, name in tags))


def _without_comments(text: str) -> str:
    """Leave comments out; one by one, for a search by pattern takes minutes over many that never end."""
    pieces, start = [], 0
    while (begins := text.find("<!--", start)) >= 0 and (ends := text.find("-->", begins + 4)) >= 0:
        pieces.append(text[start:begins])
        start = ends + 3
    return "".join(pieces) + text[start:]


def _is_html(tags: list[tuple[bool, str]]) -> bool:
    opened, closed = Counter(name for ends, name in tags if not ends), Counter(name for ends, name in tags if ends)
    if any(name not in _KNOWN and ":" not in name for _, name in tags) or not (closed.keys() - _ALONE or opened["br"]):
        return False
    names = (opened.keys() | closed.keys()) - _ALONE
    return all(closed[name] == opened[name] or (name in _MAY_STAY_OPEN and closed[name] < opened[name]) for name in names)


def text_of(html: str) -> str:
    """Return the text of HTML, with its lines."""
    return _text(html[:LARGEST])


def _text(html: str, keeps_lines: bool = False) -> str:
    parser = _TextOf(keeps_lines)
    parser.feed(html)
    parser.close()
    return "\n".join(line.rstrip() for line in "".join(parser.pieces).split("\n")).strip()


class _TextOf(HTMLParser):
    """Collects the words of a page; nothing is run, loaded or followed.

    Args:
        keeps_lines: line breaks of the source are meant as such.
    """

    def __init__(self, keeps_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._keeps_lines = keeps_lines
        self._hidden: list[str] = []
        self._gap = 0
        self._mark = ""
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []
        self._as_it_stands = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSHOWN:
            self._hidden.append(tag)
        elif tag == "br":
            self._gap += 1
        elif tag == "li":
            self._part(1)
            self._mark = self._next_mark()
        elif tag in {"td", "th"}:
            self._write(" ")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.pieces)))
        else:
            self._part(1 if tag in {"ul", "ol"} and self._lists else 2 if tag in _PARAGRAPHS else int(tag in _LINES))
        if tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else None)
        self._as_it_stands += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag == "li":
            self._gap, self._mark = 1, ""
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            self._part(1 if self._lists else 2)
        else:
            self._part(2 if tag in _PARAGRAPHS else int(tag in _LINES))
        self._as_it_stands -= tag == "pre" and self._as_it_stands > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._write(data.replace("\xa0", " ") if self._keeps_lines or self._as_it_stands else re.sub(r"\s+", " ", data))

    def _part(self, lines: int) -> None:
        """Begin a new line or paragraph, unless a point of a list has just begun."""
        if not self._mark:
            self._gap = max(self._gap, lines)

    def _next_mark(self) -> str:
        """Return what stands before the next point of a list."""
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        return "  " * (len(self._lists) - 1) + ("- " if number is None else f"{number + 1}. ")

    def _write(self, text: str) -> None:
        is_fresh = bool(self._gap or self._mark or not self.pieces)
        if not self._as_it_stands:
            text = text.lstrip() if is_fresh else text.lstrip(" ") if self.pieces[-1].endswith((" ", "\n")) else text
        if not text:
            return
        if is_fresh and self.pieces:
            if self._gap:
                self.pieces[-1] = self.pieces[-1].rstrip()
            self.pieces.append("\n" * min(self._gap, 2) + self._mark)
        elif is_fresh:
            self.pieces.append(self._mark)
        self._gap, self._mark = 0, ""
        self.pieces.append(text)

    def _end_link(self, address: str, start: int) -> None:
        """Put the address behind the text of a link that does not say it."""
        said = "".join(self.pieces[start:]).strip()
        bare = _SCHEME.sub("", address).rstrip("/")
        if said and bare and _SCHEME.match(address) and bare not in said:
            self.pieces.append(f" ({address.removeprefix('mailto:').removeprefix('tel:')})")
