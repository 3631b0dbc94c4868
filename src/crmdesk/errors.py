"""What can go wrong in a way that a person can do something about.

Everything here is shown to the user as it stands; anything else that is raised is a bug.
"""

from __future__ import annotations

import errno

from crmdesk.i18n import tr


class UserError(Exception):
    """Tell the user what is wrong with what they gave, where, and what to do.

    Args:
        message: one sentence, already translated.
        field: the name of the field that is meant, if it is one field.
        hint: what to do, if the message does not say it.
    """

    exit_code = 4

    def __init__(self, message: str, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.hint = hint

    @property
    def words(self) -> str:
        """The sentence and what to do, for whoever sees which field is meant or needs no name of one."""
        space = "" if self.message.endswith("。") else " "
        return f"{self.message}{space}{self.hint}" if self.hint else self.message

    def __str__(self) -> str:
        return f"{self.field}: {self.words}" if self.field else self.words


class CannotOpen(UserError):
    """The store can't be opened; the subclasses tell why."""

    exit_code = 3


class StoreMissing(CannotOpen):
    """There is no file at this place."""


class WrongPassphrase(CannotOpen):
    """The file is a store or could be one, but this key does not open it."""


class StoreDamaged(CannotOpen):
    """The key is right, but the file's content is broken."""


class NotAStore(CannotOpen):
    """The file is something else."""


class StoreTooNew(CannotOpen):
    """A newer program wrote this file."""


class BadPlace(CannotOpen):
    """The folder can't be written, or it is one where a store gets damaged."""


class NotAllowed(UserError):
    """The member's role does not allow this."""

    exit_code = 5


class DamageFound(UserError):
    """A check found damage."""

    exit_code = 6


class StoreBusy(UserError):
    """Another program holds the store."""

    exit_code = 7


class CannotUndo(UserError):
    """Undoing or redoing would lose somebody's later work, or the deed has left the house."""


class LaterWork(CannotUndo):
    """What came later would be lost; the rest can be taken back."""


class Question(UserError):
    """Ask before going on; the operation is run again with `answer` among its arguments.

    Args:
        message: the question, already translated.
        answer: the keyword argument that says yes.
    """

    def __init__(self, message: str, answer: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.answer = answer


class Cancelled(Exception):
    """The user stopped a long job; not an error, nothing was written."""


def why(error: OSError) -> str:
    """Return why the system refused a file, in the language in force, as the end of a sentence."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return tr("the disk is full")
        case errno.EACCES | errno.EPERM:
            return tr("you have no right to it")
        case errno.EROFS:
            return tr("the disk is read-only")
        case errno.ENOENT | errno.ENOTDIR:
            return tr("there is no such file or folder")
        case errno.EISDIR:
            return tr("it is a folder")
        case errno.ENAMETOOLONG:
            return tr("its name is too long")
        case errno.EIO:
            return tr("the disk reported an error")
    return error.strerror or type(error).__name__


def is_about_a_file(error: OSError) -> bool:
    """Say whether the system refused a file for a reason that a person can do something about."""
    return error.filename is not None and error.errno in _REASONS


_REASONS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EIO}
