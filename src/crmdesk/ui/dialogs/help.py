"""The manual in a window of its own, opened at what belongs to a page."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QPalette, QShortcut, QShowEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QDialog, QTextBrowser, QWidget

from crmdesk.i18n import language, tr
from crmdesk.resources import manual
from crmdesk.ui import theme
from crmdesk.ui.widgets.basics import Button, column, row

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "index.md"
# Where the manual speaks of each page: file, and heading in it.
PLACES: dict[str, tuple[str, str]] = {
    "today": ("tasks-and-timeline.md", "Today"),
    "contacts": ("customers-and-search.md", "Lists"),
    "companies": ("customers-and-search.md", "Lists"),
    "contact": ("customers-and-search.md", ""),
    "company": ("customers-and-search.md", ""),
    "duplicates": ("customers-and-search.md", ""),
    "import": ("import-export.md", ""),
    "leads": ("pipeline.md", "Leads"),
    "pipeline": ("pipeline.md", "The board"),
    "tickets": ("tickets.md", ""),
    "articles": ("tickets.md", "Set up"),
    "quotes": ("quotes.md", ""),
    "quote": ("quotes.md", "Write"),
    "products": ("quotes.md", ""),
    "tasks": ("tasks-and-timeline.md", "Tasks"),
    "reports": ("reports.md", ""),
    "rows": ("reports.md", ""),
    "settings": ("safety.md", ""),
    "bin": ("safety.md", "Undo"),
}


def page_of_manual(name: str) -> Path:
    """Return a page of the manual, in the language in force if it is there in it, else in English."""
    own = manual() / language() / name
    return own if own.is_file() else manual() / name


def _shown_name(name: str) -> str:
    return page_of_manual(name).relative_to(manual()).as_posix()


def headings(name: str) -> list[str]:
    """Return the headings of a page of the manual, in English, or as they stand in a file of another language."""
    text = re.sub(r"```.*?```", "", (manual() / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    return [line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")]


class HelpWindow(QDialog):
    """Shows pages of the manual; links lead on inside it, those to elsewhere open in the browser."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Manual"))
        self.resize(QSize(760, 760).boundedTo(self.screen().availableSize() - QSize(40, 60)))
        self.name = ""
        self._before: list[str] = []
        self._heading = ""
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setAccessibleName(tr("Manual"))
        self.text.document().setDocumentMargin(20)
        self.text.anchorClicked.connect(self._follow)
        self.back_button = Button(tr("Back"), self.go_back, "flat", "arrow-left")
        self.back_button.setEnabled(False)
        contents = Button(tr("Contents"), lambda: self.show_page(_shown_name(FIRST)), "flat", "list")
        close = Button(tr("Close"), self.accept)
        self.setLayout(column(row(self.back_button, contents, None), self.text, row(None, close), space=10, margins=(16, 12, 16, 16)))
        QShortcut(QKeySequence("Alt+Left"), self, self.go_back)

    def show_place(self, page: str) -> None:
        """Show what belongs to a page of the window."""
        name, heading = PLACES.get(page, (FIRST, ""))
        self.show_page(_shown_name(name), heading)

    def show_page(self, name: str, heading: str = "") -> None:
        """Show a file of the manual, from a heading on if one is named (in English)."""
        if self.name and self.name != name:
            self._before.append(self.name)
        self._load(name)
        self._heading = heading
        self._scroll()
        self.text.setFocus()

    @Slot()
    def go_back(self) -> None:
        """Show the page that was shown before."""
        if self._before:
            self._load(self._before.pop())

    def _load(self, name: str) -> None:
        self.name = name
        self._dress()
        self.text.document().setBaseUrl(QUrl())
        self.text.setMarkdown((manual() / name).read_text(encoding="utf-8"))
        self._break_code()
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.back_button.setEnabled(bool(self._before))

    def _break_code(self) -> None:
        """Let lines of code go on in the next line instead of beyond the edge."""
        block = self.text.document().begin()
        while block.isValid():
            if block.blockFormat().nonBreakableLines():
                form = block.blockFormat()
                form.setNonBreakableLines(False)
                QTextCursor(block).setBlockFormat(form)
            block = block.next()

    def _dress(self) -> None:
        """Give links the accent, in the scheme of the moment."""
        palette = self.text.palette()
        palette.setColor(QPalette.ColorRole.Link, theme.colour("accent"))
        self.text.setPalette(palette)
        self.text.document().setDefaultFont(theme.font())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.name and self.isVisible():
            at = self.text.verticalScrollBar().value()
            self._load(self.name)
            self.text.verticalScrollBar().setValue(at)

    def _scroll(self) -> None:
        """Let the heading stand at the top; translations have the same headings in the same order."""
        if not self._heading:
            return
        number = headings(PurePosixPath(self.name).name).index(self._heading)
        block = self.text.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel():
                number -= 1
                if number < 0:
                    self.text.setTextCursor(QTextCursor(block))
                    self.text.verticalScrollBar().setValue(round(self.text.document().documentLayout().blockBoundingRect(block).top()))
                    return
            block = block.next()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._scroll()

    @Slot(QUrl)
    def _follow(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
            return
        name = normpath(PurePosixPath(self.name).parent / url.path())
        if (manual() / name).is_file() and (manual() / name).resolve().is_relative_to(manual().resolve()):
            # What a translated page leads to is meant; from an English one the user goes back to the own language.
            self.show_page(name if PurePosixPath(self.name).parent.name else _shown_name(name))


def show_help(window: QWidget, page: str) -> HelpWindow:
    """Open the manual beside a window, at what belongs to a page; the one that is open is taken again."""
    shown = next((child for child in window.findChildren(HelpWindow) if child.isVisible()), None)
    if shown is None:
        shown = HelpWindow(window)
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    shown.show_place(page)
    shown.show()
    shown.raise_()
    shown.activateWindow()
    return shown
