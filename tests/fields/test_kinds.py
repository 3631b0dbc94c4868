"""The values of a kind are read by what they mean, in any language."""

from __future__ import annotations

import pytest

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Choice, Field, Reading
from crmdesk.i18n import speaking


def test_choices_are_read_by_value_and_label_in_any_language() -> None:
    field = Field("status", "choice", "Status", choices=(Choice("new", "New"), Choice("won", "Won")))
    assert KINDS["choice"].read("NEW", field, Reading()) == "new"
    with speaking("de"):
        assert KINDS["choice"].read("Gewonnen", field, Reading()) == "won"
    with pytest.raises(UserError, match="not one of the choices"):
        KINDS["choice"].read("lost", field, Reading())


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("Ja", True), ("是", True), ("1", True), ("no", False), ("", False), ("否", False)])
def test_yes_and_no_in_three_languages(text: str, value: bool) -> None:
    assert KINDS["flag"].read(text, Field("a", "flag", "A"), Reading()) is value
