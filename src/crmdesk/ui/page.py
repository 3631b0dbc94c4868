"""What every page is built on, and what a page may ask of the window around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QScrollArea, QScrollBar, QStackedWidget, QVBoxLayout, QWidget

from crmdesk.errors import Cancelled, UserError
from crmdesk.ui import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent

    from crmdesk.store import Reader, Store
    from crmdesk.ui.actions import Action, Registry
    from crmdesk.ui.background import Job


T = TypeVar("T")
Changed = Mapping[str, "frozenset[UUID] | None"]
"""What has changed: the ids of records by entity; None where they are too many to name."""


@dataclass(frozen=True)
class Place:
    """Where the user is: a page, and on it a record or a saved view. The history is a list of these."""

    page: str
    entity: str = ""
    record: UUID | None = None
    view: str = ""


CORE_AREA = "core"


@dataclass(frozen=True)
class PageSpec:
    """A page as the window knows it before it is made.

    Attributes:
        name: used in `open_page`.
        label: marked for translation; stands in the navigation and the palette.
        icon: a Lucide name.
        load: returns the page's class, importing it then and not before.
        area: what switches it on in the store's setting `areas`; empty is its own name, `core` is always on.
        opens: the entities whose records it shows, so that `open_record` finds it.
        in_navigation: whether it stands in the navigation; pages of single records don't.
        under: the page that is lit in the navigation while this one is shown.
    """

    name: str
    label: str
    icon: str
    load: Callable[[], type[Page]]
    area: str = ""
    opens: tuple[str, ...] = ()
    in_navigation: bool = True
    under: str = ""


class Frame(Protocol):
    """What a page may ask of the window."""

    @property
    def registry(self) -> Registry:
        """The actions of the window."""
        ...

    @property
    def store(self) -> Store:
        """The open store."""
        ...

    def ask(
        self,
        owner: QWidget,
        question: Callable[[Reader], T],
        done: Callable[[T], object],
        failed: Callable[[Exception], object] | None = None,
        key: str | None = None,
    ) -> Job:
        """Read from the store in the background: `question` gets a `Reader`; see `background.read` for the rest."""
        ...

    def do(
        self,
        operation: Callable[..., T],
        *args: Any,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        said: str = "",
        **named: Any,
    ) -> Job:
        """Run an operation in the background.

        Questions that it raises are asked, and it runs again with the answer. `said` is shown as a toast with Undo.
        """
        ...

    def open_page(self, name: str, view: str = "") -> None:
        """Show a page, with a saved view if one is named."""
        ...

    def open_record(self, entity: str, record: UUID, own_window: bool = False) -> None:
        """Show a record on its page, or in a window of its own."""
        ...

    def go_back(self) -> None:
        """Show what was shown before."""
        ...

    def say(self, text: str, undo: bool = False, more: Sequence[tuple[str, Callable[[], object]]] | None = None) -> None:
        """Show a toast; with `undo` it has a button that takes the last deed back."""
        ...

    def confirm(self, question: str, verb: str, hint: str = "", danger: bool = False, instead: tuple[str, Callable[[], object]] | None = None) -> bool:
        """Ask before something that can't be undone; the verb stands on the button.

        Args:
            instead: what stands on a third button, and what that does; the answer is no then.
        """
        ...

    def show_error(self, error: Exception) -> None:
        """Show what went wrong in words for people."""
        ...

    def set_title(self, title: str) -> None:
        """Name what is shown in the window's title."""
        ...


class Page(QWidget):
    """One page of the window.

    A page builds itself in `__init__` (fast, without asking the store) into `self.column`, asks the store in
    `arrive` through `background.read`, and asks again in `refresh` when something that it shows has changed.

    Attributes:
        watches: the entities whose changes make the window call `refresh`; empty means all.
        frame: the window.
        registry: the actions of the window that the page stands in, be it one of its own.
    """

    watches: frozenset[str] = frozenset()

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame
        self.registry = frame.registry
        self.place: Place | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 16, 20, 16)
        self.column.setSpacing(theme.SPACE_12)

    def arrive(self, place: Place) -> None:
        """Show the place; called each time the user comes here, with the record or view that is wanted."""

    def here(self, place: Place) -> Place:
        """Return where the user is, down to what is open on the page, so that a lock leads back to it; `place` led to the page."""
        return place

    def leave(self) -> bool:
        """Put away what is half done; returning False keeps the user here."""
        return True

    def refresh(self, changed: Changed) -> None:
        """Ask again; `changed` has the ids of changed records by entity. A hidden page is told when it is shown."""

    def commands(self) -> list[Action]:
        """Return the actions of this page: in menus, palette and help, and on their keys, while it is shown."""
        return []

    def focus_first(self) -> None:
        """Put the keyboard where work begins."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def beside(self) -> QWidget | None:
        """Return what stands open beside the page's content, such as the panel of a record; None if there is nothing."""
        return None

    def close_beside(self) -> None:
        """Close it, and put the keyboard back where it was opened."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc lead back from what stands beside: out of a field that is typed in first, and then it closes."""
        panel, focused = self.beside(), self.window().focusWidget()
        if event.key() != Qt.Key.Key_Escape or panel is None:
            super().keyPressEvent(event)
        elif isinstance(focused, QLineEdit | QPlainTextEdit) and panel.isAncestorOf(focused):
            self.focus_first()
        else:
            self.close_beside()

    def name_window(self, title: str) -> None:
        """Name what is shown in the title of the window that the page stands in; a page that was left names none."""
        own: QWidget = self.window()
        if not self.isVisibleTo(own):
            return
        if isinstance(self.parentWidget(), QStackedWidget):
            self.frame.set_title(title)
        else:
            own.setWindowTitle(title)


def at_field_or_window(frame: Frame, refused: Callable[[Exception], None]) -> Callable[[Exception], None]:
    """Return what to do when a field could not be saved: what people can mend is said at the field, anything else by the window."""

    def failed(error: Exception) -> None:
        refused(error)
        if not isinstance(error, UserError | Cancelled):
            frame.show_error(error)

    return failed


class Tall(QWidget):
    """The content of a scroll area, as tall as its texts are at its width; Qt alone would reserve the height of the narrowest width."""

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            layout = self.layout()
            if layout is not None and layout.hasHeightForWidth():
                self.setMinimumHeight(layout.heightForWidth(self.width()))
        return super().event(event)


class _Scrolled(QScrollArea):
    """Scrolls a tall widget. The bar hangs beside it in the gap to its neighbours, so that what scrolls keeps its width."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setObjectName("scrolled")
        self.setWidget(content)
        self._bar: QScrollBar | None = None
        self.verticalScrollBar().rangeChanged.connect(self._place)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutDirectionChange):
            self._place()
        return done

    @Slot()
    def _place(self) -> None:
        """Put the bar beside the area; inside it where it has no neighbour but the edge."""
        around, own = self.parentWidget(), self.verticalScrollBar()
        if around is None:
            return
        if self._bar is None or self._bar.parentWidget() is not around:
            self._make_bar(around)
        bar = self._bar
        assert bar is not None
        is_needed = own.maximum() > own.minimum() and self.isVisibleTo(around)
        wide, at = bar.sizeHint().width(), self.geometry()
        is_mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        room = at.left() if is_mirrored else around.width() - at.right() - 1
        inside = 0 if room >= wide else wide
        self.setViewportMargins(0, 0, inside if is_needed else 0, 0)
        bar.setRange(own.minimum(), own.maximum())
        bar.setPageStep(own.pageStep())
        bar.setSingleStep(own.singleStep())
        bar.setValue(own.value())
        bar.setGeometry(at.left() - wide + inside if is_mirrored else at.right() + 1 - inside, at.top(), wide, at.height())
        bar.setVisible(is_needed)
        bar.raise_()

    def _make_bar(self, around: QWidget) -> None:
        if self._bar is not None and shiboken6.isValid(self._bar):
            self._bar.deleteLater()
        bar = self._bar = QScrollBar(Qt.Orientation.Vertical, around)
        bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar.valueChanged.connect(self.verticalScrollBar().setValue)
        self.verticalScrollBar().valueChanged.connect(bar.setValue)
        self.destroyed.connect(bar.deleteLater)


def scrolled(content: QWidget) -> QScrollArea:
    """Return a frameless area in which a tall widget scrolls."""
    return _Scrolled(content)
