"""Pictures of address cards: they stay in their file until a record wants them."""

from __future__ import annotations

from crmdesk.exchange.files.contentlines import Source, binary, blocks_of, is_old, property_of, unfolded
from crmdesk.i18n import tr

COMPONENT = frozenset((b"VCARD",))
LARGEST_PICTURE = 2 << 20

SORTS = (
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"GIF8", "gif", "image/gif"),
    (b"RIFF", "webp", "image/webp"),
    (b"BM", "bmp", "image/bmp"),
)


class Picture(str):
    """A cell that stands for a picture: reads as its size, and knows where its content lies."""

    place: tuple[str | int, ...] = ()


def load_picture(place: tuple[str | int, ...]) -> tuple[str, str, bytes] | None:
    """Return name, type and content of a card's picture; None if it is damaged, no picture, or beyond the limit."""
    from pathlib import Path

    path, wide, offset = place
    with Source(Path(str(path)), str(wide)).open() as stream:
        stream.seek(int(offset))
        block = next(blocks_of(stream, COMPONENT, ""), None)
    for line in unfolded(block, is_old(block)) if block else ():
        if b"PHOTO" not in line[:80].upper():
            continue
        item = property_of(line, "cp1252")
        if item is None or item.name != "PHOTO" or len(item.value) > LARGEST_PICTURE * 1.5:
            continue
        content = binary(item.value.partition(",")[2] if item.value[:5].lower() == "data:" else item.value)
        for head, ending, mime in SORTS:
            if content and content.startswith(head) and len(content) <= LARGEST_PICTURE:
                return f"{tr('Picture')}.{ending}", mime, content
    return None
