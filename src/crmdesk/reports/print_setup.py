"""How the sheet of a workbook is printed: on which paper, upright or across, and how small."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTER, A4 = 1, 9
# What a page of A4 or Letter holds upright and across, in digits (of a broad font: LibreOffice without Calibri takes one), and how small it may
# become in print: 11 points at 55 percent are still read.
UPRIGHT, _ACROSS = 100, 120
_SMALLEST = 55


def fits_a_page(widths: Sequence[int]) -> bool:
    """Say whether columns can still be read where all of them are printed on the width of one page."""
    return sum(widths) * _SMALLEST <= _ACROSS * 100


def print_setup(widths: Sequence[int], paper: int, beside: int) -> str:
    """Return the XML that prints a sheet with its name above and file and page below: on one page's width, or on several where it could not be read.

    Args:
        paper: `LETTER` or `A4`.
        beside: how many columns are printed again on the pages beside the first.
    """
    if fits_a_page(widths):
        lies = f'orientation="{"landscape" if sum(widths) > UPRIGHT else "portrait"}" fitToWidth="1" fitToHeight="0"'
    else:
        lies = f'scale="{_scale(widths, beside)}" orientation="landscape"'
    return (
        '<pageMargins left="0.4" right="0.4" top="0.7" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="{paper}" {lies}/>'
        "<headerFooter><oddHeader>&amp;L&amp;A</oddHeader><oddFooter>&amp;L&amp;F&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
    )


def _pages_beside(widths: Sequence[int], beside: int, room: float) -> int:
    """Return how many pages side by side some columns take, of which the first ones stand on each."""
    again = sum(widths[:beside])
    pages, used = 1, 0.0
    for width in widths:
        if used + width > room and used > again:
            pages, used = pages + 1, again
        used += width
    return pages


def _scale(widths: Sequence[int], beside: int) -> int:
    """Return the largest scale in percent at which no more pages are needed than at the smallest that can be read."""
    fewest = _pages_beside(widths, beside, _ACROSS * 100 / _SMALLEST)
    return next(scale for scale in range(100, _SMALLEST - 1, -5) if _pages_beside(widths, beside, _ACROSS * 100 / scale) == fewest)
