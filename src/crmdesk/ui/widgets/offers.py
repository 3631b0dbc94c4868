"""What is offered beneath an input while somebody types: products, records, tags, saved answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import column

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE = 29
MARGIN = 4


class Offers(QFrame):
    """A list beneath an input. The keyboard stays in the input, which passes its keys to `answer`.

    What was found for an earlier text is still shown while more is typed, but neither Enter nor Tab takes it.

    Signals:
        taken: the number of the line that was chosen.
    """

    taken = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("card", "true")
        self._about = ""
        self._is_said = False
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Suggestions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.itemClicked.connect(self._clicked)
        self.setLayout(column(self.list, margins=(MARGIN, MARGIN, MARGIN, MARGIN)))

    def show_lines(self, lines: Sequence[str], about: str, at: QPoint, width: int, most: int, icons: Sequence[QIcon] = ()) -> None:
        """Offer these lines.

        Args:
            about: the text for which they were found.
            at: the upper left corner on the screen.
            most: so many lines at the most are seen without scrolling.
            icons: one for each line, or none.
        """
        self._about, self._is_said = about, False
        self.list.clear()
        for number, line in enumerate(lines):
            self.list.addItem(QListWidgetItem(icons[number], line) if icons else QListWidgetItem(line))
        self.list.setCurrentRow(0)
        self.resize(width, min(len(lines), most) * LINE + 2 * MARGIN + 4)
        self.move(at)
        self.show()

    def say(self, text: str, about: str, at: QPoint) -> None:
        """Say in the place of lines why there is nothing to offer; the arguments as for `show_lines`."""
        self.show_lines([text], about, at, paint.text_width(text, theme.font()) + 40, 1)
        self._is_said = True
        self.list.setCurrentRow(-1)
        self.list.item(0).setFlags(Qt.ItemFlag.NoItemFlags)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.list, text))

    def lines(self) -> list[str]:
        """Return what is offered now."""
        return [] if self.isHidden() else [self.list.item(number).text() for number in range(self.list.count())]

    def is_behind(self, typed: str) -> bool:
        """Return whether what is offered was found for another text than this one."""
        return not self.isHidden() and not self._is_said and typed != self._about

    def answer(self, event: QKeyEvent, typed: str) -> bool:
        """Answer to a key while something is offered: ↑↓ choose, Enter and Tab take, Esc takes the list away; False leaves it to the input."""
        key = event.key()
        if self.isHidden() or (self._is_said and key != Qt.Key.Key_Escape):
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and self.list.currentRow() >= 0 and typed == self._about:
            self.taken.emit(self.list.currentRow())
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True

    def _step(self, step: int) -> None:
        at, count = self.list.currentRow(), self.list.count()
        self.list.setCurrentRow((at + step) % count if at >= 0 else (0 if step > 0 else count - 1))
        # The list never has the keyboard, so that nothing else tells a screen reader what is chosen.
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.list, self.list.currentItem().text()))

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        self.taken.emit(self.list.row(item))
