"""Logos and seals: read once, made small enough for paper, kept ready for every document."""

from __future__ import annotations

import io
import warnings
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

LARGEST_FILE = 10_000_000
MOST_PIXELS = 40_000_000
# At the largest size a logo is printed in, this is still 300 dots per inch.
WIDEST = 900
TALLEST = 600


@dataclass(frozen=True)
class Picture:
    """A picture as a PDF holds it. The mask says how opaque each dot is."""

    width: int
    height: int
    colours: str
    packed_as: str
    content: bytes
    mask: bytes | None = None

    def fit(self, width: float, height: float) -> tuple[float, float]:
        """Return the largest size inside a frame that keeps the proportions."""
        scale = min(width / self.width, height / self.height)
        return self.width * scale, self.height * scale


@contextmanager
def _strict(warning: type[Warning]) -> Iterator[None]:
    """Turn a warning into an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", warning)
        yield


@lru_cache(maxsize=8)
def read_picture(data: bytes) -> Picture:
    """Read a PNG or JPEG.

    Raises:
        UserError: it is something else, damaged or far too large.
    """
    from PIL import Image, ImageOps  # only documents with a logo need it

    if len(data) > LARGEST_FILE:
        raise UserError(tr("The picture is larger than 10 MB."))
    if not data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise UserError(tr("The picture is neither PNG nor JPEG."))
    try:
        with _strict(Image.DecompressionBombWarning), Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            opened.draft("RGB", (WIDEST, TALLEST))
            opened.load()
            image = ImageOps.exif_transpose(_eight_bits(opened))
            image = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise UserError(tr("The picture has too many dots. Save it at a smaller size.")) from bomb
    except (OSError, SyntaxError, ValueError) as damaged:
        raise UserError(tr("The picture is damaged and cannot be read.")) from damaged
    image.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    mask = zlib.compress(image.getchannel("A").tobytes()) if image.mode == "RGBA" else None
    content = zlib.compress(image.convert("RGB").tobytes())
    return Picture(image.width, image.height, "DeviceRGB", "FlateDecode", content, mask)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture with 256 greys in place of 65,536; converted as it is, all but the darkest would be white."""
    return image.convert("I").point(lambda value: value / 256).convert("L") if image.mode.startswith("I;16") else image
