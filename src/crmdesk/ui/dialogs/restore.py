"""Putting a backup in the place of a store: choose it, see what differs, restore it; the file that was there is kept."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from crmdesk import settings
from crmdesk.errors import Cancelled, UserError, WrongPassphrase
from crmdesk.fields import show_number
from crmdesk.i18n import locale, tr
from crmdesk.models.registry import MAIN, entity_class
from crmdesk.ui import background, theme
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.dialogs.covers import CoverCard
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, Text, row
from crmdesk.ui.widgets.grid import FormGrid
from crmdesk.ui.widgets.messages import InlineError, ProgressPanel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QPainter

    from crmdesk.store import Store
    from crmdesk.store.contents import Contents
    from crmdesk.store.keys import Key
    from crmdesk.ui.background import Job

Index = QModelIndex | QPersistentModelIndex
COPY = Qt.ItemDataRole.UserRole
LINE, MOST_LINES = 34, 7


@dataclass(frozen=True)
class Found:
    """A backup that can be offered.

    Attributes:
        store: the name of the store that it is of.
        is_own: whether the program made it by itself or on demand, and verified it then.
    """

    path: Path
    made_at: datetime
    size_bytes: int
    store: str
    is_own: bool


@dataclass(frozen=True)
class _Checked:
    """A backup that was opened and found sound, beside what is there now."""

    backup: Found
    key: Key
    contents: Contents
    present: Contents | None


def own_backups(store_path: Path | None) -> list[Found]:
    """Return the backups in the program's folder, newest first: those of a store, or of all stores if it is not known."""
    from crmdesk.store import backup

    if store_path is not None:
        return [Found(copy.path, copy.made_at, copy.size_bytes, store_path.name, True) for copy in backup.backups(store_path)]
    files = (settings.data_folder() / "backups").glob(f"*/*{backup.SUFFIX}")
    return sorted((found for file in files if (found := _of_file(file, True))), key=lambda one: one.made_at, reverse=True)


def _of_file(path: Path, is_own: bool = False) -> Found | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return Found(path, datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size, store_name(path), is_own)


def store_name(backup_path: Path) -> str:
    """Return the file name of the store that a backup is of: `northwind-20261121-225700-000000.crmdesk-backup` is of `northwind.crmdesk`."""
    return re.sub(r"-\d{8}-\d{6}(-\d{6})?$", "", backup_path.stem) + file_dialogs.SUFFIX


def size_text(count: int) -> str:
    """Return a size in the unit that people would name."""
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000)):
        if count >= size:
            return tr("{number} {unit}", number=show_number(round(Decimal(count) / size, 1)), unit=unit)
    return tr("{number} {unit}", number=show_number(max(1, round(count / 1000))), unit="kB")


def when_text(at: datetime) -> str:
    """Return a moment with day and time of day, in this computer's zone."""
    from babel.dates import format_datetime

    return str(format_datetime(at.astimezone(), "medium", locale=locale()))


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found, box = index.data(COPY), option.rect
        if not isinstance(found, Found):
            return

        def at(x: int, wide: int) -> QRect:
            return paint.mirrored(QRect(box.x() + x, box.y(), wide, box.height()), box, option.direction)

        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(box, theme.colour("accent_soft"))
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        muted = theme.colour("muted_on_tint" if selected else "muted")
        paint.line(painter, at(12, 190), when_text(found.made_at), theme.font(), theme.colour("text"))
        paint.line(painter, at(206, 80), size_text(found.size_bytes), theme.tabular(), muted)
        said = tr("verified") if found.is_own else tr("not checked yet")
        wide = paint.chip_width(said)
        top = box.y() + (LINE - paint.CHIP_HEIGHT) // 2
        paint.chip(painter, paint.mirrored(QRect(box.right() - wide - 10, top, wide, paint.CHIP_HEIGHT), box, option.direction).topLeft(), said,
                   "success" if found.is_own else "muted", wide)  # fmt: skip
        paint.line(painter, at(290, box.width() - 290 - wide - 18), found.store, theme.font("caption"), muted)


class RestoreCover(CoverCard):
    """Lists the backups, checks one and shows what differs, and restores it after a question.

    Args:
        path: the store in whose place the backup goes; None puts it where there is no file yet.
        store: the same store, if it is open.
        close: closes it, before its file is replaced.
        confirm: asks: question, verb, hint.
        done: gets the path of the store, the key that opens it, and where the replaced file was kept.
        failed: gets the reason why nothing was replaced; the store is closed then.
        back: shows what was there before.
    """

    def __init__(
        self,
        path: Path | None,
        store: Store | None,
        close: Callable[[], object],
        confirm: Callable[[str, str, str], bool],
        done: Callable[[Path, Key, Path | None], object],
        failed: Callable[[Exception], object],
        back: Callable[[], object],
    ) -> None:
        about = tr("A backup takes the place of {file}. The present file is kept beside it, under another name.", file=path.name) if path is not None else tr(
            "A backup becomes a store again. No file is replaced."
        )  # fmt: skip
        super().__init__(tr("Restore a backup"), about, width=640)
        self._path, self._store, self._close, self._confirm, self._done, self._failed = path, store, close, confirm, done, failed
        self._checked: _Checked | None = None
        self._job: Job | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Backups"))
        self.list.setItemDelegate(_Painter(self.list))
        self.list.currentItemChanged.connect(self._chosen)
        self.list.itemActivated.connect(lambda _: self.next())
        self.nothing = Text(tr("There is no backup in the folder of the program. Choose a file, for example from another disk."), "muted", wrap=True)
        self.nothing.hide()
        self.other = Button(tr("Choose a file"), self._choose_file, "link", "folder-open")
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(tr("Passphrase of the backup"))
        self.passphrase.setPlaceholderText(tr("Passphrase of the time of the backup, or the groups of its recovery sheet"))
        self.passphrase.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.passphrase.returnPressed.connect(self.next)
        if store is not None:
            self.passphrase.hide()
        self.differences = FormGrid(150, 2)
        self.differences.hide()
        self.panel = ProgressPanel()
        self.panel.hide()
        self.error = InlineError()
        self.button = Button(tr("Check"), self.next, "primary")
        self.back_button = Button(tr("Back"), back)
        for part in (self.list, self.nothing):
            self.body.addWidget(part)
        self.body.addLayout(row(self.other, None))
        for widget in (self.passphrase, self.differences, self.panel, self.error):
            self.body.addWidget(widget)
        self.body.addLayout(row(self.back_button, None, self.button))
        self.begin_at(self.list)
        background.bridge().moved.connect(self._moved)
        background.read(self, lambda job: own_backups(path), self._show)

    # --- which one --------------------------------------------------------------------------------------------------

    def _show(self, found: list[Found]) -> None:
        for one in found:
            self._add(one)
        self.nothing.setVisible(not found)
        self.list.setVisible(bool(found))
        self._fit()
        if found:
            self.list.setCurrentRow(0)
        self.button.setEnabled(bool(found))
        (self.list if found else self.other).setFocus()

    def _add(self, found: Found, row_number: int = -1) -> None:
        item = QListWidgetItem()
        item.setData(COPY, found)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join((when_text(found.made_at), size_text(found.size_bytes), found.store)))
        item.setToolTip(str(found.path))
        self.list.insertItem(self.list.count() if row_number < 0 else row_number, item)

    def _fit(self) -> None:
        self.list.setFixedHeight(min(MOST_LINES, max(1, self.list.count())) * LINE + 4)

    def chosen(self) -> Found | None:
        """Return the backup that is chosen."""
        item = self.list.currentItem()
        found = item.data(COPY) if item is not None else None
        return found if isinstance(found, Found) else None

    @Slot()
    def _chosen(self) -> None:
        self._checked = None
        self.differences.hide()
        self.error.say("", self.passphrase)
        self.button.setText(tr("Check"))

    def _choose_file(self) -> None:
        path = file_dialogs.choose_backup(self.window())
        if path is not None:
            self.offer(path)

    def offer(self, path: Path) -> None:
        """Put a file at the top of the list, and choose it."""
        found = _of_file(path)
        if found is None:
            self.error.say(tr("{path} can't be read.", path=path))
            return
        self._add(found, 0)
        self.nothing.hide()
        self.list.show()
        self._fit()
        self.list.setCurrentRow(0)
        self.button.setEnabled(True)

    # --- checking ---------------------------------------------------------------------------------------------------

    @Slot()
    def next(self) -> None:
        """Check the chosen backup; once it is checked, restore it."""
        found = self.chosen()
        if found is None or not self.button.isEnabled():
            return
        if self._checked is not None and self._checked.backup == found:
            self._restore(self._checked)
        else:
            self._check(found)

    def _check(self, found: Found) -> None:
        path, store, phrase = self._path, self._store, self.passphrase.text()
        if not phrase and self.passphrase.isVisible():
            self.passphrase.setFocus()
            self.error.say(tr("Type the passphrase of the time of the backup."), self.passphrase)
            return

        def work(job: Job) -> _Checked:
            from crmdesk.store.backup import verify_copy
            from crmdesk.store.contents import contents

            key = _key_of(found.path, phrase, store)
            verify_copy(found.path, key)
            present = None
            if path is not None and path.exists():
                # The present file may be damaged, or have another passphrase: then there is nothing to compare with.
                with contextlib.suppress(UserError):
                    present = contents(path, store.key if store is not None else _key_of(path, phrase, None))
            return _Checked(found, key, contents(found.path, key), present)

        self._busy(tr("Checking"))
        background.read(self, work, self._sound, self._refused, key="check")

    def _sound(self, checked: _Checked) -> None:
        self._idle()
        self._checked = checked
        self.button.setText(tr("Restore"))
        self.differences.clear()
        for label, text in differences(checked.contents, checked.present):
            self.differences.add(label, Text(text))
        self.differences.show()
        self.button.setFocus()

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        self._idle()
        if isinstance(error, WrongPassphrase) and self.passphrase.isHidden():
            self.passphrase.show()
            self.passphrase.setFocus()
            self.error.say(tr("This backup was made with another passphrase. Type it."), self.passphrase)
        elif isinstance(error, UserError):
            self.error.say(error.words, self.passphrase if isinstance(error, WrongPassphrase) else None)
        elif not isinstance(error, Cancelled):
            raise error

    # --- restoring --------------------------------------------------------------------------------------------------

    def _restore(self, checked: _Checked) -> None:
        target = self._path or free_place(settings.data_folder() / checked.backup.store)
        when = when_text(checked.backup.made_at)
        hint = tr("Nothing is lost: the present file is kept in the same folder.") if target.exists() else tr("It is put at {path}.", path=target)
        from crmdesk.store.keys import Key

        if not self._confirm(tr("Restore the backup of {when}?", when=when), tr("Restore"), hint):
            return
        key = checked.key
        present = Key(self._store.key.reveal()) if self._store is not None else key
        self._close()
        self._store = None

        def work(job: Job) -> Path | None:
            from crmdesk.store import backup

            def progress(done: int, total: int) -> None:
                job.check_cancelled()
                job.progress(done, total)

            target.parent.mkdir(parents=True, exist_ok=True)
            return backup.restore(checked.backup.path, target, lambda path: present if path == target else key, force=True, progress=progress)

        self._busy(tr("Restoring"))
        self._job = background.write(self, tr("Restore a backup"), work, lambda kept: self._done(target, key, kept), self._not_restored)
        self._job.has_own_panel = True
        self.panel.follow(self._job)
        self.panel.show()

    @Slot(object)
    def _moved(self, job: Job) -> None:
        if job is self._job:
            self.panel.refresh()

    def _not_restored(self, error: Exception) -> None:
        self._job = None
        self._idle()
        self._failed(error)

    def refuse(self, message: str) -> None:
        """Say why it was not done."""
        self._idle()
        self.error.say(message)

    def _busy(self, verb: str) -> None:
        self.error.say("", self.passphrase)
        for part in (self.button, self.back_button, self.list, self.other, self.passphrase):
            part.setEnabled(False)
        self.button.setText(verb)

    def _idle(self) -> None:
        self.panel.hide()
        for part in (self.button, self.back_button, self.list, self.other, self.passphrase):
            part.setEnabled(True)
        self.button.setText(tr("Check"))


def _key_of(path: Path, phrase: str, store: Store | None) -> Key:
    """Return the key that opens a file: one that the open store has or had, the groups of a recovery sheet, or one from the passphrase."""
    from crmdesk.reports.recovery import from_groups
    from crmdesk.store.files import former_keys
    from crmdesk.store.keys import Key, derive, file_salt

    salt = file_salt(path)
    if store is not None and not phrase:
        known = [Key(store.key.reveal()), *former_keys(store)]
        fitting = next((key for key in known if key.salt == salt), None)
        if fitting is None:
            raise WrongPassphrase(tr("This backup was made with another passphrase. Type it."))
        return fitting
    try:
        return Key(from_groups(phrase))
    except UserError:
        return derive(phrase, salt)


def differences(backup: Contents, present: Contents | None) -> list[tuple[str, str]]:
    """Return in words what a backup holds, and where it differs from what is there now."""
    said = [(tr("Last change"), _changed(backup, present))]
    for name in MAIN:
        count = backup.counts.get(name, 0)
        now = present.counts.get(name, 0) if present is not None else count
        if count or now:
            text = show_number(count) if now == count else tr("{count}, now {now}", count=show_number(count), now=show_number(now))
            said.append((tr(entity_class(name).entity.plural), text))
    return said


def _changed(backup: Contents, present: Contents | None) -> str:
    then = when_text(backup.changed_at) if backup.changed_at else ""
    if present is None or present.changed_at is None:
        return then
    if present.changed_at == backup.changed_at:
        return tr("{when}, nothing was changed since", when=then)
    return tr("{when}, now {now}", when=then, now=when_text(present.changed_at))


def free_place(path: Path) -> Path:
    """Return the path, or one with a number where a file lies already."""
    place, number = path, 2
    while place.exists():
        place = path.with_name(f"{path.stem} {number}{path.suffix}")
        number += 1
    return place
