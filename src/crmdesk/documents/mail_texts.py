"""Texts of mails with placeholders from a fixed list: no attributes, no code, nothing but the words of the list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr

if TYPE_CHECKING:
    from collections.abc import Mapping

QUOTE_PLACEHOLDERS = {
    "salutation": mark("How the reader is addressed"), "contact": mark("Name of the reader"), "company": mark("Company of the reader"), "number": mark("Number of the quote"),
    "subject": mark("Subject of the quote"), "total": mark("Total with tax"), "valid_until": mark("Last day of validity"), "signature": mark("Own signature"),
    "own_company": mark("Own company"),
}  # fmt: skip
_BRACES = re.compile(r"\{([^{}\n]*)\}")


def listed(placeholders: Mapping[str, str] = QUOTE_PLACEHOLDERS) -> str:
    """Return the placeholders as they are written, such as `{salutation}, {number}`."""
    return ", ".join(f"{{{name}}}" for name in placeholders)


def check(text: str, placeholders: Mapping[str, str] = QUOTE_PLACEHOLDERS) -> None:
    """Complain about placeholders that nobody would fill.

    Raises:
        UserError: names the first one, and those that there are.
    """
    for name in _BRACES.findall(text):
        if name.strip() not in placeholders:
            raise UserError(tr("There is no placeholder “{{{name}}}”.", name=name), hint=tr("There are: {names}.", names=listed(placeholders)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled; what was filled in is not looked at again."""
    return _BRACES.sub(lambda found: values.get(found[1].strip(), found[0]), text)
