"""What commands say to people: no brackets of the program's own language, no keys of its JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.cli import main

if TYPE_CHECKING:
    from tests.cli.conftest import Program


@pytest.fixture
def said(crm: Program, capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(crm, capsys)


class Said:
    """Calls the program as people do and returns what it prints, and what it prints beside that."""

    def __init__(self, crm: Program, capsys: pytest.CaptureFixture[str]) -> None:
        self._store, self._capsys = str(crm.store), capsys
        self.beside = ""

    def __call__(self, *words: str, code: int = 0) -> str:
        self._capsys.readouterr()
        assert main([*words, "--store", self._store]) == code
        found = self._capsys.readouterr()
        self.beside = found.err
        return found.out


def test_a_setting_that_is_a_list_is_shown_as_it_is_typed(said: Said) -> None:
    shown = said("show", "setting", "hours")
    assert shown.split(maxsplit=3)[3].strip() == '[["09:00", "17:00"], ["09:00", "17:00"], ["09:00", "17:00"], ["09:00", "17:00"], ["09:00", "17:00"], [], []]'
    typed = '[["08:00", "12:00"], [], [], [], [], [], []]'
    assert typed in said("set", "setting", "hours", f"value={typed}")


def test_the_board_shows_amounts_without_a_rate_beside_the_sum(said: Said) -> None:
    said("add", "deal", "name=A", "amount=100 EUR")
    said("add", "deal", "name=B", "amount=70 USD")
    first = said("board").splitlines()[1]
    assert "100.00 EUR + 70.00 USD" in first
    assert "without_rate" not in first


def test_a_deal_that_is_lost_without_a_reason_says_so(said: Said) -> None:
    said("add", "deal", "name=A")
    said("deal", "move", "A", "Lost")
    assert said.beside == "Why it was lost is not known: --reason says it.\n"
    said("deal", "move", "A", "Lost", "--reason", "Price")
    assert said.beside == ""
    assert "lost_reason" in said("show", "deal", "A")


def test_an_own_field_is_found_by_its_name_and_its_label(said: Said) -> None:
    for name in ("shoe_size", "Shoe size"):
        said("add", "custom_field", "about=contact", "name=shoe_size", "label=Shoe size", "kind=integer")
        said("show", "custom_field", name)
        said("delete", "custom_field", name)


def test_a_command_that_is_nearly_one_is_named(said: Said) -> None:
    said("lits", "company", code=2)
    assert said.beside == "There is no command “lits”. Similar: list. “crmdesk --help” lists them.\n"


def test_the_history_is_told_in_words(said: Said) -> None:
    said("add", "contact", "name=Anna Berg")
    said("set", "contact", "Anna Berg", "phone.work=030 1234567")
    assert "Phone added: 030 1234567 (work)" in said("history", "contact", "Anna Berg")
