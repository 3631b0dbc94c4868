"""A PDF as one reads it: pages beneath one another, as wide as there is room; only pages that are looked at are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from crmdesk.i18n import ntr, tr
from crmdesk.ui import background, theme
from crmdesk.ui.printing import PDFIUM
from crmdesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.ui.background import Job

EDGE, BETWEEN, REDRAW_MS = 18, 14, 120
A4 = (595.0, 842.0)


@dataclass(frozen=True)
class Drawn:
    """Pages of a PDF, drawn.

    Attributes:
        sizes: of all pages, in points.
        pages: pictures by page number, from 0.
    """

    sizes: tuple[tuple[float, float], ...]
    pages: dict[int, QImage]


def draw(job: Job, pdf: bytes, width: int, wanted: Sequence[int]) -> Drawn:
    """Draw pages of a PDF so many pixels wide; runs on a reader thread."""
    import pypdfium2

    pages: dict[int, QImage] = {}
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            sizes = tuple(document.get_page_size(number) for number in range(len(document)))
            for number in wanted:
                if number >= len(sizes):
                    continue
                job.check_cancelled()
                bitmap = document[number].render(scale=width / sizes[number][0], rev_byteorder=True, prefer_bgrx=True)
                image = QImage(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGBX8888)
                pages[number] = image.copy()
        finally:
            document.close()
    return Drawn(sizes, pages)


class _Sheets(QWidget):
    """The pages, painted; old pictures stay until the new ones are there."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: tuple[tuple[float, float], ...] = ()
        self.pictures: dict[int, tuple[int, QImage]] = {}
        self.has_ring = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def places(self) -> list[QRect]:
        """Return where each page lies."""
        found, y, wide = [], EDGE, max(60, self.width() - 2 * EDGE)
        for width, height in self.sizes:
            tall = round(wide * height / width)
            found.append(QRect(EDGE, y, wide, tall))
            y += tall + BETWEEN
        return found

    def wanted_height(self) -> int:
        """Return how high all pages are together."""
        places = self.places()
        return places[-1].bottom() + 1 + EDGE if places else 200

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, place in enumerate(self.places()):
            if not place.adjusted(-4, -4, 4, 4).intersects(event.rect()):
                continue
            for spread in (3, 2, 1):
                shade = theme.colour("shadow")
                shade.setAlpha(10)
                paint.rounded(painter, place.adjusted(-spread, 1 - spread, spread, spread + 1), 3, shade, None)
            painter.fillRect(place, theme.colour("paper"))
            known = self.pictures.get(number)
            if known is not None:
                painter.drawImage(QRectF(place), known[1])
            if self.has_ring:
                paint.focus_ring(painter, place.adjusted(-5, -5, 5, 5), 4)


class PdfView(QScrollArea):
    """Shows a PDF.

    Signals:
        drawn: the pages that are looked at are on the screen.
        failed: drawing went wrong, with the exception.
    """

    drawn = Signal()
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._pdf = b""
        self._number = 0
        self._sheets = _Sheets()
        self.setWidgetResizable(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Preview"))
        self._sheets.setObjectName("scrolled")
        self.setWidget(self._sheets)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self._draw)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def pdf(self) -> bytes:
        """Return what is shown."""
        return self._pdf

    def pages(self) -> int:
        """Return how many pages there are."""
        return len(self._sheets.sizes)

    def show_pdf(self, pdf: bytes, drawn: Drawn | None = None) -> None:
        """Show a PDF in the place of the one before; the scroll position stays.

        Args:
            drawn: its first pages, if whoever made it has drawn them already.
        """
        if pdf == self._pdf and drawn is None:
            return
        self._pdf = pdf
        self._number += 1
        if drawn is not None:
            self._take(self._number, drawn)
        else:
            self._draw()

    def clear(self) -> None:
        """Show nothing, such as until another document is drawn."""
        self._pdf = b""
        self._number += 1
        self._timer.stop()
        self._sheets.sizes, self._sheets.pictures = (), {}
        self._fit()

    def drawing_width(self) -> int:
        """Return how many pixels wide pages are drawn."""
        return round(max(60, self._sheets.width() - 2 * EDGE) * self.devicePixelRatioF())

    def looked_at(self) -> list[int]:
        """Return the pages that are looked at."""
        top = self.verticalScrollBar().value()
        seen = QRect(0, top, self.viewport().width(), self.viewport().height())
        return [number for number, place in enumerate(self._sheets.places()) if place.intersects(seen)] or [0]

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        if self._missing():
            self._draw()

    def _missing(self) -> list[int]:
        known, wide = self._sheets.pictures, self.drawing_width()
        return [number for number in self.looked_at() if number not in known or known[number][0] != self._number or abs(known[number][1].width() - wide) > 2]

    @Slot()
    def _draw(self) -> None:
        if not self._pdf:
            return
        pdf, number, width, wanted = self._pdf, self._number, self.drawing_width(), self._missing() or self.looked_at()
        background.read(self, lambda job: (number, draw(job, pdf, width, wanted)), lambda found: self._take(*found), self.failed.emit, key="draw")

    def _take(self, number: int, found: Drawn) -> None:
        if number != self._number:
            return
        sheets = self._sheets
        at = self.verticalScrollBar().value()
        sheets.sizes = found.sizes
        for page, image in found.pages.items():
            sheets.pictures[page] = (number, image)
        for gone in [page for page in sheets.pictures if page >= len(found.sizes)]:
            del sheets.pictures[gone]
        self.setAccessibleDescription(ntr("{count} page", "{count} pages", len(found.sizes)))
        self._fit()
        self.verticalScrollBar().setValue(at)
        sheets.update()
        if self._missing():
            self._draw()
        else:
            self.drawn.emit()

    def _fit(self) -> None:
        self._sheets.resize(self.viewport().width(), 10)
        self._sheets.resize(self.viewport().width(), self._sheets.wanted_height())

    def sizeHint(self) -> QSize:
        return QSize(440, 620)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_ring()

    def _show_ring(self) -> None:
        self._sheets.has_ring = self.hasFocus()
        self._sheets.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._timer.start()
