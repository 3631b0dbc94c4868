"""The search and command box: Ctrl+K, records and commands while typing, all by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from crmdesk.i18n import mark, tr
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action, Registry, is_composing
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Line, Picture, Text, column, row

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.queries.matches import Mark, Match
    from crmdesk.ui.background import Job

Index = QModelIndex | QPersistentModelIndex

WIDTH, TOP, ROWS, ROW = 680, 110, 9, 36
HITS = 7
COMMANDS_WITH_HITS = 3
PERSON_KINDS = ("contact", "company", "member", "lead")


class Found(Protocol):
    """One record that a search has found."""

    @property
    def entity(self) -> str: ...  # noqa: D102
    @property
    def id(self) -> UUID: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def subtitle(self) -> str: ...  # noqa: D102
    @property
    def match(self) -> Match | None: ...  # noqa: D102


Search = Callable[[str, int, "tuple[str, ...]"], Sequence[Found]]
"""Finds records: text, most hits, entities wanted (none means all). Runs on a reader thread."""


@dataclass(frozen=True)
class ContextCommand:
    """A command about the record that was found: `New deal for Ernst Handel`.

    Attributes:
        text: marked, with `{name}` in it.
        entities: those whose records it makes sense for.
        run: gets the entity and the id.
    """

    text: str
    icon: str
    entities: tuple[str, ...]
    run: Callable[[str, UUID], object]


@dataclass(frozen=True)
class Row:
    """One line of the palette.

    Attributes:
        marks: where in the detail stands what was searched for.
    """

    icon: str
    title: str
    detail: str
    kind: str
    run: Callable[[bool], object]
    keys: str = ""
    is_enabled: bool = True
    marks: tuple[Mark, ...] = ()


@dataclass
class _Asked:
    text: str = ""
    mode: str = ""
    hits: list[Found] = field(default_factory=list)


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    def show(self, rows: list[Row]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (line.title, line.detail, line.kind) if part)
        return None


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Rows)
        line = model.rows[index.row()]
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        direction: Qt.LayoutDirection = option.direction
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, theme.colour("accent_soft"))
        muted: theme.Token = "muted_on_tint" if chosen else "muted"
        ink: theme.Token = "text" if line.is_enabled else "disabled"
        ratio = painter.device().devicePixelRatio()
        at = paint.mirrored(QRect(box.x() + 17, box.y() + 10, 16, 16), box, direction)
        painter.drawPixmap(at.topLeft(), theme.pixmap(line.icon, ink, 16, ratio))
        end_text = f"{line.kind} ↵" if chosen else line.kind
        end = paint.text_width(end_text, theme.font()) + 4
        end_box = paint.mirrored(QRect(box.right() - 16 - end, box.y(), end, ROW), box, direction)
        trailing = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        paint.line(painter, end_box, end_text, theme.font(), theme.colour(muted), trailing)
        room = box.width() - 43 - 16 - end - 12
        # The words that were searched for are not to be pushed out by a long title.
        kept = min(paint.text_width(line.detail, theme.relative(600)), room * 3 // 5) if line.marks else 0
        wide = min(paint.text_width(line.title, theme.relative(600)) + 2, room - kept)
        title = paint.mirrored(QRect(box.x() + 43, box.y(), wide, ROW), box, direction)
        paint.line(painter, title, line.title, theme.relative(600), theme.colour(ink))
        if line.detail:
            rest = paint.mirrored(QRect(box.x() + 43 + wide + 3, box.y(), room - wide - 3, ROW), box, direction)
            paint.marked(painter, rest, line.detail, line.marks, theme.colour(muted), theme.colour(ink))


class Palette(QWidget):
    """The overlay with the box; lies over the whole window while it is open.

    Args:
        parent: the window's content, which it covers.
        registry: where the commands come from.
        search: finds records; None offers commands only.
        open_record: called with entity, id and whether a window of its own is wanted.
        context: commands about the best hit.
        recent: what is offered before anything is typed.
    """

    def __init__(
        self,
        parent: QWidget,
        registry: Registry,
        search: Search | None,
        open_record: Callable[[str, UUID, bool], object],
        context: Sequence[ContextCommand] = (),
        recent: Callable[[], Sequence[Found]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._registry, self.search, self.open_record = registry, search, open_record
        self.context: Sequence[ContextCommand] = context
        self.recent = recent
        self._asked = _Asked()
        self._before: QWidget | None = None
        self._field = QLineEdit()
        self._field.setProperty("kind", "bare")
        self._field.setFont(theme.font("dialog"))
        self._field.setPlaceholderText(tr("Search or type a command"))
        self._field.setAccessibleName(tr("Search or type a command"))
        self._field.installEventFilter(self)
        self._field.textEdited.connect(self._typed)
        self._model = _Rows()
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_Painter(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(tr("Results"))
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(self._clicked)
        self._hint = Text("", "caption")
        self._hint.setContentsMargins(18, 9, 18, 9)
        self._nothing = Text("", "muted")
        self._nothing.setContentsMargins(43, 9, 18, 9)
        self._box = QFrame(self)
        self._box.setProperty("card", "true")
        self._box.setAccessibleName(tr("Search or type a command"))
        head = row(Picture("search", "text", 17), self._field, space=10, margins=(17, 15, 17, 15))
        self._box.setLayout(column(head, Line(), self._list, self._nothing, Line(), self._hint, space=0, margins=(1, 1, 1, 1)))
        shadow = QGraphicsDropShadowEffect(self._box)
        shadow.setBlurRadius(48)
        shadow.setOffset(0, 16)
        shadow.setColor(theme.colour("shadow"))
        self._box.setGraphicsEffect(shadow)
        parent.installEventFilter(self)
        self.hide()

    def open(self, text: str = "") -> None:
        """Show the box with a text in it, which is selected."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self._hint.setText(
            tr(
                "↑↓ choose · Enter open · {keys} open beside · > commands only · # tickets · @ people",
                keys=_beside_keys(),
            )
        )
        self._field.setText(text)
        self._field.selectAll()
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._asked = _Asked()
        self._typed(text)

    def close_box(self) -> None:
        """Take the box away and give the keyboard back."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None

    def rows(self) -> list[Row]:
        """Return what is offered now."""
        return list(self._model.rows)

    @Slot(str)
    def _typed(self, typed: str) -> None:
        mode = typed[:1] if typed[:1] in (">", "#", "@") else ""
        text = typed[len(mode) :].strip()
        self._asked.mode, self._asked.text = mode, text
        if mode == ">" or not text or self.search is None:
            self._asked.hits = list(self.recent()) if self.recent is not None and not typed.strip() else []
            self._offer()
            return
        search, wanted = self.search, {"#": ("ticket",), "@": PERSON_KINDS}.get(mode, ())

        def work(job: Job) -> Sequence[Found]:
            return search(text, HITS, wanted)

        background.read(self, work, self._found, key="search")
        if not self._asked.hits:
            self._offer()

    def _found(self, hits: Sequence[Found]) -> None:
        self._asked.hits = list(hits)
        self._offer()

    def _offer(self) -> None:
        asked = self._asked
        rows = [self._record_row(hit) for hit in asked.hits]
        if asked.hits and asked.text and not asked.mode:
            rows += self._context_rows(asked.hits[0])
        if asked.mode in ("", ">"):
            commands = self._commands(asked.text)
            rows += commands if asked.mode == ">" or not asked.text else commands[:COMMANDS_WITH_HITS]
        self._model.show(rows)
        if rows:
            self._list.setCurrentIndex(self._model.index(0, 0))
        self._list.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        self._nothing.setText(tr("Nothing found for “{text}”", text=asked.text))
        self._place()

    def _record_row(self, hit: Found) -> Row:
        from crmdesk.models.registry import entity_class  # only here are records named by their entity

        entity = entity_class(hit.entity).entity
        return Row(
            entity.icon,
            hit.title,
            hit.match.text if hit.match is not None else hit.subtitle,
            tr(entity.label),
            lambda beside: self.open_record(hit.entity, hit.id, beside),
            marks=hit.match.marks if hit.match is not None else (),
        )

    def _context_rows(self, hit: Found) -> list[Row]:
        kind = tr(mark("Command"))
        return [
            Row(c.icon, tr(c.text, name=hit.title), "", kind, lambda beside, c=c: c.run(hit.entity, hit.id))  # type: ignore[misc]
            for c in self.context
            if hit.entity in c.entities
        ]

    def _commands(self, text: str) -> list[Row]:
        wanted = text.casefold().split()
        found = []
        for action in self._registry.all():
            if not action.in_palette:
                continue
            rank = _rank(action, wanted)
            if rank is not None:
                found.append((not action.is_enabled, rank, action))
        found.sort(key=lambda entry: entry[:2])
        return [self._command_row(action) for _, _, action in found]

    def _command_row(self, action: Action) -> Row:
        detail = action.why_not() if not action.is_enabled else action.keys()
        return Row(
            action.icon or "command",
            action.shown(),
            detail,
            tr("Command"),
            lambda beside: self._registry.run(action.id),
            is_enabled=action.is_enabled,
        )

    def _run(self, beside: bool) -> None:
        index = self._list.currentIndex()
        if not index.isValid():
            return
        line = self._model.rows[index.row()]
        if line.is_enabled:
            self.close_box()
            line.run(beside)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._list.setCurrentIndex(index)
        self._run(False)

    def _step(self, by: int) -> None:
        count = self._model.rowCount()
        if count:
            at = (self._list.currentIndex().row() + by) % count
            self._list.setCurrentIndex(self._model.index(at, 0))

    def _place(self) -> None:
        width = min(WIDTH, self.width() - 32)
        lines = min(self._model.rowCount(), ROWS)
        self._list.setFixedHeight(lines * ROW)
        layout = self._box.layout()
        if layout is not None:
            layout.activate()
        self._box.setFixedWidth(width)
        self._box.adjustSize()
        self._box.move((self.width() - width) // 2, min(TOP, self.height() // 8))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("shade"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._box.geometry().contains(event.position().toPoint()):
            self.close_box()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        parent = self.parentWidget()
        if parent is not None and watched is parent and event.type() == QEvent.Type.Resize:
            self.setGeometry(parent.rect())
            self._place()
        elif watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        if is_composing():
            return False
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._step(ROWS if key == Qt.Key.Key_PageDown else -ROWS)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif key == Qt.Key.Key_Escape:
            self.close_box()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._step(1 if key == Qt.Key.Key_Tab else -1)
        else:
            return False
        return True


def _rank(action: Action, wanted: list[str]) -> int | None:
    """Return how well a command fits the words, smaller is better; None if it does not."""
    name = action.shown().casefold()
    words = (name + " " + tr(action.words).casefold()).split()
    rank = 0
    for word in wanted:
        if name.startswith(word):
            continue
        if any(part.startswith(word) for part in words):
            rank += 1
        elif word in name:
            rank += 2
        else:
            return None
    return rank


def _beside_keys() -> str:
    from crmdesk.ui.actions import shown_keys

    return shown_keys("Ctrl+Enter")
