"""The window: everything that needs Qt."""

import builtins

import shiboken6  # noqa: F401 - what follows takes back what it does

# Qt for Python puts its own function in the place of `import`, to learn which modules want other spellings of Qt's names; to that end it reads the
# source of every module that is imported, and keeps it. Nobody here wants them: a tenth of a second less at the start, 28 MB less.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
