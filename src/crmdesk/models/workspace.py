"""What belongs to the store as a whole: files, views, number series, settings, own fields, holidays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Record, choices, sort_key_column, stored
from crmdesk.models.calendar import check_hours
from crmdesk.models.checks import check_definition, check_number_pattern
from crmdesk.models.names import name_sort_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

CUSTOM_KINDS = choices(
    ("text", mark("Text")), ("long_text", mark("Long text")), ("integer", mark("Whole number")), ("decimal", mark("Decimal number")),
    ("date", mark("Date")), ("flag", mark("Yes or no")), ("choice", mark("Choice")),
)  # fmt: skip
SERIES_KINDS = choices(("unique", mark("Unique")), ("gapless", mark("Gapless")))


class Attachment(Record):
    """A file inside the store; its content lies in pieces in a table of its own."""

    entity = Entity("attachment", mark("File"), mark("Files"), 30, icon="paperclip", subtitle=("mime",))

    name: Mapped[str | None] = stored("text", mark("Name"), required=True, in_list=True, search=2)
    mime: Mapped[str | None] = stored("text", mark("Type"), in_list=True)
    size: Mapped[int | None] = stored("integer", mark("Size (bytes)"), in_list=True)
    sha256: Mapped[str | None] = stored("text", mark("Hash"))
    target: Mapped[str | None] = stored("text", mark("Belongs to"))
    company_id: Mapped[UUID | None] = stored("link", mark("Company"), target="company", in_list=True, index=True)
    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact", index=True)
    deal_id: Mapped[UUID | None] = stored("link", mark("Deal"), target="deal", index=True)
    ticket_id: Mapped[UUID | None] = stored("link", mark("Ticket"), target="ticket", index=True)
    quote_id: Mapped[UUID | None] = stored("link", mark("Quote"), target="quote", index=True)
    lead_id: Mapped[UUID | None] = stored("link", mark("Lead"), target="lead", index=True)
    product_id: Mapped[UUID | None] = stored("link", mark("Product"), target="product", index=True)
    activity_id: Mapped[UUID | None] = stored("link", mark("Activity"), target="activity", index=True)


class SavedView(Record):
    """A list with its filter, sort order and columns, under a name."""

    entity = Entity("saved_view", mark("Saved view"), mark("Saved views"), 31, icon="star", derive=name_sort_key)

    name: Mapped[str | None] = stored("text", mark("Name"), required=True, in_list=True)
    about: Mapped[str | None] = stored("text", mark("Entity"), required=True, in_list=True)
    definition: Mapped[str | None] = stored("long_text", mark("Definition"), check=check_definition)
    icon: Mapped[str | None] = stored("text", mark("Icon"))
    is_team: Mapped[bool | None] = stored("flag", mark("For the team"))
    owner_id: Mapped[UUID | None] = stored("link", mark("Owner"), target="member")
    position: Mapped[int | None] = stored("integer", mark("Position"))
    sort_key: Mapped[str | None] = sort_key_column()


class NumberSeries(Record):
    """How documents of one sort are numbered, and the next number."""

    entity = Entity("number_series", mark("Number series"), mark("Number series"), 32, icon="hash", title="about")

    about: Mapped[str | None] = stored("text", mark("Entity"), required=True, in_list=True)
    pattern: Mapped[str | None] = stored("text", mark("Pattern"), required=True, in_list=True, check=check_number_pattern)
    kind: Mapped[str | None] = stored("choice", mark("Kind"), choices=SERIES_KINDS)
    year: Mapped[int | None] = stored("integer", mark("Year"))
    next_value: Mapped[int | None] = stored("integer", mark("Next number"), in_list=True, least=1)


class SpentNumber(Record):
    """A number that was given, for ever; `withdrawn` when the issue was undone."""

    entity = Entity("spent_number", mark("Number"), mark("Numbers"), 33, icon="hash", title="number")

    about: Mapped[str | None] = stored("text", mark("Entity"), required=True)
    number: Mapped[str | None] = stored("text", mark("Number"), required=True, index=True)
    value: Mapped[int | None] = stored("integer", mark("Value"))
    year: Mapped[int | None] = stored("integer", mark("Year"))
    record: Mapped[str | None] = stored("text", mark("Record"))
    withdrawn: Mapped[bool | None] = stored("flag", mark("Withdrawn"))


class Setting(Record):
    """One setting of the store; its id comes from its key."""

    entity = Entity("setting", mark("Setting"), mark("Settings"), 34, icon="settings", title="key")

    key: Mapped[str | None] = stored("text", mark("Key"), required=True)
    value: Mapped[str | None] = stored("long_text", mark("Value"))


def choices_of(options: str | None) -> list[str]:
    """Return the choices that a text lists, each once, whichever commas, semicolons or line breaks it puts between them."""
    return list(dict.fromkeys(option.strip() for option in re.split(r"[,;\n\uff0c\uff1b\u3001]", options or "") if option.strip()))


def _drafts_begin_empty(values: Mapping[str, Any]) -> tuple[str, str] | None:
    if values.get("about") == "quote" and values.get("required"):
        return "required", mark("A quote begins as an empty draft, so none of its fields can be required.")
    return None


class CustomField(Record):
    """A field that the user added to an entity."""

    entity = Entity("custom_field", mark("Own field"), mark("Own fields"), 35, icon="sliders-horizontal", title="label", rule=_drafts_begin_empty)

    about: Mapped[str | None] = stored("text", mark("Entity"), required=True, in_list=True)
    name: Mapped[str | None] = stored("text", mark("Name"), required=True, in_list=True)
    label: Mapped[str | None] = stored("text", mark("Label"), required=True, in_list=True)
    kind: Mapped[str | None] = stored("choice", mark("Kind"), choices=CUSTOM_KINDS, required=True, in_list=True)
    options: Mapped[str | None] = stored("text", mark("Choices"))
    required: Mapped[bool | None] = stored("flag", mark("Required"))
    position: Mapped[int | None] = stored("integer", mark("Position"))


class ImportMapping(Record):
    """What the columns of files of one make mean, as it was said at an import; its id comes from entity and fingerprint."""

    entity = Entity("import_mapping", mark("Import mapping"), mark("Import mappings"), 40, icon="columns-3")

    name: Mapped[str | None] = stored("text", mark("Name"), required=True, in_list=True)
    about: Mapped[str | None] = stored("text", mark("Entity"), required=True, in_list=True)
    fingerprint: Mapped[str | None] = stored("text", mark("Fingerprint"), required=True)
    columns_to: Mapped[str | None] = stored("long_text", mark("Columns"), check=check_definition)
    dates: Mapped[str | None] = stored("text", mark("Order of dates"))


class Holiday(Record):
    """A day on which nobody works, or only at hours of its own."""

    entity = Entity("holiday", mark("Holiday"), mark("Holidays"), 36, icon="sun")

    on: Mapped[date | None] = stored("date", mark("Date"), required=True, in_list=True, index=True)
    name: Mapped[str | None] = stored("text", mark("Name"), in_list=True)
    hours: Mapped[str | None] = stored("text", mark("Working hours"), in_list=True, check=check_hours)
