"""What was typed wrong, in plain sentences of the program's language instead of the parser's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmdesk.i18n import tr

if TYPE_CHECKING:
    import typer

_LEAST = re.compile(r"greater than or equal to (-?\d+)")
_MOST = re.compile(r"less than or equal to (\d+)")
_COMMAND = re.compile(r"No such command '(.*?)'(?:.*Did you mean (.*)\?)?", re.DOTALL)
_EXTRA = re.compile(r"unexpected extra arguments? ?\(?s?\)? ?\((.*)\)")


def sentence(error: typer.TyperException) -> str:
    """Return what is wrong with the words of a call; what the parser says that is not known here stays as it is."""
    said = str(getattr(error, "message", "") or "")
    option = getattr(error, "option_name", None)
    if option is not None:
        return _of_option(error, str(option), said)
    if "param" in vars(error):
        return _of_value(error, said)
    if found := _COMMAND.search(said):
        similar = tr("Similar: {options}.", options=found[2].replace("'", "")) + " " if found[2] else ""
        return tr("There is no command “{name}”.", name=found[1]) + " " + similar + tr("“crmdesk --help” lists them.")
    if found := _EXTRA.search(said):
        return tr("“{words}” is too much here.", words=found[1]) + " " + tr("Put quotation marks around texts with spaces.")
    commands = getattr(getattr(error, "cmd", None), "commands", None)
    if commands:
        return tr("The command is not complete. Add one of: {names}.", names=", ".join(commands))
    return error.format_message()


def _of_option(error: typer.TyperException, option: str, said: str) -> str:
    if "requires" in said:
        return tr("{option} needs a value.", option=option)
    if "possibilities" not in vars(error):
        return tr("{option} takes no value.", option=option)
    similar = ", ".join(getattr(error, "possibilities", None) or ())
    return tr("There is no option {option}.", option=option) + (" " + tr("Similar: {options}.", options=similar) if similar else "")


def _of_value(error: typer.TyperException, said: str) -> str:
    param: Any = getattr(error, "param", None)
    if param is None:
        return said or error.format_message()
    name = next((word for word in param.opts if word.startswith("--")), None) or str(param.metavar or param.name).upper()
    if "param_type" in vars(error):
        return tr("{name} is missing.", name=name)
    if found := _MOST.search(said):
        return tr("{option} takes a whole number up to {most}.", option=name, most=found[1])
    if found := _LEAST.search(said):
        return tr("{option} takes a whole number from {least} on.", option=name, least=found[1])
    if "integer" in said:
        return tr("{option} takes a whole number.", option=name)
    if "number" in said:
        return tr("{option} takes a number.", option=name)
    return f"{name}: {said}"
