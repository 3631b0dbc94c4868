"""The command line: the same operations and queries as the window, without a screen. The manual's page on commands is its contract."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from crmdesk import settings
from crmdesk.cli import areas, doubles, files, records, stores
from crmdesk.cli.base import UNEXPECTED, WRONG_USAGE, app
from crmdesk.cli.output import remark, speak_to_programs
from crmdesk.cli.usage import sentence
from crmdesk.errors import Cancelled, UserError, is_about_a_file, why
from crmdesk.i18n import set_language, tr

log = logging.getLogger(__name__)
LONGEST_LINE = 1000
__all__ = ["app", "areas", "doubles", "files", "main", "records", "stores"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; every failure is one line on standard error."""
    set_language(settings.read().get("language", "en"))
    speak_to_programs()
    try:
        code = app(args=global_first(list(sys.argv[1:] if arguments is None else arguments)), standalone_mode=False)
    except typer.Exit as end:
        return int(end.exit_code)
    except typer.TyperException as error:
        return _fail(sentence(error), WRONG_USAGE)
    except typer.Abort:
        return _fail(tr("Stopped. Nothing was changed."), UNEXPECTED)
    except (Cancelled, KeyboardInterrupt):
        return _fail(tr("Stopped. Nothing was changed."), UNEXPECTED)
    except UserError as error:
        return _fail(str(error), error.exit_code)
    except UnicodeEncodeError as error:
        return (
            _fail(tr("“{text}” is no valid text.", text=ascii(error.object)[:40]), UserError.exit_code) if isinstance(error.object, str) else _unexpected(error)
        )
    except OSError as error:
        return _fail(_of_file(error), UserError.exit_code) if is_about_a_file(error) else _unexpected(error)
    except Exception as error:  # the last door before the user: a bug is one line, its details go to the log
        return _unexpected(error)
    return int(code or 0)


def _unexpected(error: Exception) -> int:
    log.debug("unexpected", exc_info=error)
    if os.environ.get("CRMDESK_DEBUG"):
        raise error
    place = _place_of(error)
    return _fail(tr("This went wrong ({what} at {place}); nothing was lost. Please report it.", what=type(error).__name__, place=place), UNEXPECTED)


def _of_file(error: OSError) -> str:
    return tr("{path} can't be used: {why}.", path=error.filename, why=why(error))


_GLOBAL = {"--json": False, "--store": True, "--passphrase-file": True, "--as": True}


def global_first(words: list[str]) -> list[str]:
    """Put the global options in front, wherever they stand; what follows `--` is left alone."""
    end = words.index("--") if "--" in words else len(words)
    front: list[str] = []
    rest: list[str] = []
    given = iter(words[:end])
    for word in given:
        name, sign, _ = word.partition("=")
        if name in _GLOBAL and word.startswith("--"):
            front.append(word)
            if _GLOBAL[name] and not sign and (value := next(given, None)) is not None:
                front.append(value)
        else:
            rest.append(word)
    return [*front, *rest, *words[end:]]


def _place_of(error: BaseException) -> str:
    trace = error.__traceback__
    place = "?"
    while trace:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _fail(message: str, code: int) -> int:
    remark(_one_line(message))
    return code


def _one_line(message: str) -> str:
    """Return a failure in one line that can be read, however long the text is that it quotes."""
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE // 2]} … {line[-LONGEST_LINE // 4 :]}"
