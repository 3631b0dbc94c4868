"""The user's own fields: what they are called, and what may be chosen in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import UserError
from crmdesk.operations import records

if TYPE_CHECKING:
    from crmdesk.store import Store


@pytest.mark.parametrize("written", ["red, blue", "red; red, blue; red", "red;blue", "red\nblue", "red、blue", "red，blue，"])
def test_choices_are_taken_apart_however_they_are_listed(store: Store, written: str) -> None:
    field = store.run(records.add, "custom_field", {"about": "company", "label": "Colour", "kind": "choice", "options": written})
    company = store.run(records.add, "company", {"name": "Ernst Handel", "colour": "blue"})
    store.run(records.edit, "custom_field", [field], {"options": written.replace("red", "green")})
    store.run(records.edit, "company", [company], {"colour": "green"})
    with pytest.raises(UserError, match="at least one value"):
        store.run(records.edit, "custom_field", [field], {"options": " "})
