"""Every text of the program is there in every language, with the same places to fill in."""

from __future__ import annotations

import gettext
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from crmdesk.i18n import CATALOGUES
from crmdesk.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

TRANSLATED = sorted(set(CATALOGUES.values()) - {"en"})


def folder(name: str) -> Path:
    return resource("translations") / name / "LC_MESSAGES"


@pytest.fixture(params=TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    with (folder(request.param) / "crmdesk.po").open("rb") as file:
        return read_po(file, locale=request.param)


def forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return list(text) if isinstance(text, list | tuple) else [text]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_no_text_is_left_untranslated(catalogue: Catalog) -> None:
    assert [message.id for message in texts(catalogue) if not all(forms(message.string)) or message.fuzzy] == []


def test_a_translation_fills_in_what_the_text_fills_in(catalogue: Catalog) -> None:
    differing = []
    for message in texts(catalogue):
        named = set.union(*map(places, forms(message.id)))
        for form in forms(message.string):
            # "One day" may do without its number, in either language.
            optional = {"count"} if len(forms(message.id)) > 1 else set()
            if (places(form) ^ named) - optional:
                differing.append((message.id, form))
    assert differing == []


@pytest.mark.parametrize("name", TRANSLATED)
def test_the_compiled_catalogue_says_what_the_readable_one_says(name: str) -> None:
    with (folder(name) / "crmdesk.po").open("rb") as file:
        readable = read_po(file, locale=name)
    compiled = gettext.translation("crmdesk", resource("translations"), [name])
    for message in texts(readable):
        if isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string
        else:
            assert compiled.ngettext(*message.id, 1) == message.string[0]
            assert compiled.ngettext(*message.id, 5) == message.string[-1]
