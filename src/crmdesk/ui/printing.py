"""Printing a PDF on paper without leaving a file behind."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter

from crmdesk.ui import background

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.background import Job

DOTS_PER_INCH = 200
PDFIUM = Lock()
"""Held by whoever uses PDFium: it must not be used from two threads at once."""
POINTS_PER_INCH = 72


def print_pdf(parent: QWidget, pdf: bytes, printed: Callable[[], object]) -> None:
    """Ask for a printer and print every page; `printed` is called when the pages are on their way."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return

    def show(pages: list[QImage]) -> None:
        _paint(printer, pages)
        printed()

    background.read(parent, lambda job: pictures(job, pdf), show, key="print")


def pictures(job: Job, pdf: bytes, dots_per_inch: int = DOTS_PER_INCH) -> list[QImage]:
    """Return the pages of a PDF as pictures; runs on a reader thread."""
    import pypdfium2

    pages = []
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for page in document:
                job.check_cancelled()
                bitmap = page.render(scale=dots_per_inch / POINTS_PER_INCH, rev_byteorder=True, prefer_bgrx=True)
                image = QImage(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGBX8888)
                pages.append(image.copy())
        finally:
            document.close()
    return pages


def _paint(printer: QPrinter, pages: list[QImage]) -> None:
    painter = QPainter(printer)
    for number, page in enumerate(pages):
        if number:
            printer.newPage()
        area = painter.viewport()
        wanted = page.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(QRect(area.topLeft(), wanted), page)
    painter.end()
