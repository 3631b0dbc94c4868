"""The manual says what the program has: every command with its options, every shortcut, and no dead link."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from crmdesk.cli import app
from crmdesk.queries.reports import REPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

MANUAL = Path(__file__).resolve().parents[1] / "docs" / "manual"
PAGES = sorted(MANUAL.rglob("*.md"))
# README and changelog promise commands too.
TEXTS = [*PAGES, *(MANUAL.parents[1] / name for name in ("README.md", "CHANGELOG.md"))]


def commands(group: Any = None, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every command with its words, such as `quote add`."""
    entries: Any = group or typer.main.get_command(app)
    for name, command in entries.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*above, name))
        else:
            yield " ".join((*above, name)), command


COMMANDS = dict(commands())


def sections() -> dict[str, str]:
    """Return what the manual says about each command, by its words."""
    found: dict[str, str] = {}
    for part in re.split(r"^##+ ", (MANUAL / "commands.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        if heading := re.match(r"`crmdesk ((?:[a-z-]+ ?)+)", part):
            found[heading[1].strip()] = part
    return found


def test_every_command_stands_in_the_manual_and_the_other_way_round() -> None:
    assert sorted(sections()) == sorted(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_of_a_command_stands_in_the_manual(name: str) -> None:
    options = {option for param in COMMANDS[name].params for option in param.opts if option.startswith("--")} - {"--help"}
    assert {option for option in options if f"`{option}" not in sections()[name]} == set()
    named = set(re.findall(r"`(--[a-z-]+)", sections()[name]))
    assert named - options == set()


def test_every_global_option_stands_in_the_manual() -> None:
    text = (MANUAL / "commands.md").read_text(encoding="utf-8")
    options = {option for param in typer.main.get_command(app).params for option in param.opts if option.startswith("--")} - {"--help"}
    assert {option for option in options if f"`{option}" not in text} == set()


def test_the_manual_names_the_reports() -> None:
    assert {name for name in REPORTS if f"`{name}`" not in sections()["report"]} == set()


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.name)
def test_links_of_the_manual_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.name)
def test_commands_that_a_page_shows_exist(page: Path) -> None:
    shown = re.findall(r"^(?:\$ )?crmdesk +((?:(?!--)[a-z][a-z-]* ?){1,2})", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    first_words = {name.partition(" ")[0] for name in COMMANDS}
    assert [words for words in shown if words.split()[0] not in first_words] == []
