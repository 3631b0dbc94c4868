"""How the rows of a file become people: contacts and leads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmdesk.clock import now_ms
from crmdesk.exchange.shapes.shape import Shape
from crmdesk.exchange.table import shown
from crmdesk.exchange.words.legal_forms import is_surely_a_company
from crmdesk.exchange.words.salutations import read_salutation
from crmdesk.models.names import sort_key
from crmdesk.models.people import split_name

if TYPE_CHECKING:
    from crmdesk.exchange.shapes.work import Draft, Values
    from crmdesk.exchange.table import Cell
    from crmdesk.exchange.values.known import Key
    from crmdesk.models.people import Name


class Person(Shape):
    """Contacts and leads: names in one column or in several, salutations, titles."""

    entity = "contact"
    called = ""
    """The full name where it stands in no column of the person's own."""

    def special(self) -> frozenset[str]:
        """Return the columns that make up a name."""
        return frozenset({"name", "middle_name", "suffix", "salutation", "title", "nickname", "birth_day", "birth_month", "birth_year", "record_kind"})

    def starting(self) -> Values:
        """Return the columns of a person's name beside the usual ones."""
        values: Values = {"given_name": None, "family_name": None}
        columns = self.cls.columns
        if {"name", "salutation", "title"} & self.virtual.keys() or self.of:
            values |= {name: None for name in ("salutation", "title") if name in columns}
        if "birth_year" in self.virtual:
            values["birthday"] = None
        return {**values, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Put the name together, or take it apart."""
        values, cells = draft.values, draft.cells
        if self.virtual:
            self._read_extras(cells, values)
        given, family = values["given_name"], values["family_name"]
        full = self.called or self.text(cells, "name") or self.text(cells, "nickname")
        if given and not family and (rest := self.text(cells, "name")):  # the rest of a name, or all of it
            values["family_name"] = rest if not _is_part(given, rest) else self.taken_apart(rest, cells).family or None
        # A lead without a person is called by its company.
        if not given and not family and full and full != values.get("company_name"):
            name = self.taken_apart(full, cells)
            values["given_name"], values["family_name"] = name.given or None, name.family or None
            if "title" in values:
                values["title"] = values["title"] or name.title or None
                values["salutation"] = values["salutation"] or name.salutation or None
        if "birth_year" in self.virtual and not values.get("birthday"):
            values["birthday"] = _birthday(*(self.text(cells, f"birth_{part}") for part in ("year", "month", "day")))

    def taken_apart(self, full: str, cells: list[Cell]) -> Name:
        """Take a full name apart as it is done in the country of its row."""
        return split_name(full, self.parts.region_of(cells) or self.work.settings.names_region)

    def _read_extras(self, cells: list[Cell], values: Values) -> None:
        if middle := self.text(cells, "middle_name"):
            values["given_name"] = f"{values['given_name'] or ''} {middle}".strip()
        if (suffix := self.text(cells, "suffix")) and values["family_name"]:
            values["family_name"] = f"{values['family_name']} {suffix}"
        for column in ("salutation", "title"):
            for index in self.virtual.get(column, ()):
                if (text := shown(cells[index]).strip()) and "title" in values:
                    salutation, title = read_salutation(text)
                    values["salutation"] = values["salutation"] or salutation
                    values["title"] = values["title"] or (title if column == "salutation" else text if not salutation else title) or None

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return mail addresses and phone numbers, with the name, which must not contradict; without any, name and company."""
        values, parts = draft.values, draft.parts
        name = values["sort_key"]
        if parts is not None and (parts.emails or parts.phones):
            keys: list[Key] = []
            for _, _, key in parts.emails:
                keys.append(("e", (key, name)))
            if name := name or ("" if parts.emails else sort_key(parts.stand_in)):
                for _, _, _, e164, _ in parts.phones:
                    if e164:
                        keys.append(("p", (e164, name)))
            return keys
        if values.get("company_id") and name:
            return [("c", (name, values["company_id"]))]
        return []

    def check_new(self, draft: Draft) -> None:
        """Call somebody of whom there is nothing but a mail address or a number by that, which is better than to lose them."""
        if "lacks" in draft.rest and draft.entity == self.entity and draft.parts and draft.parts.stand_in:  # a name is all that they must have
            draft.values["family_name"] = draft.parts.stand_in
            self.work.gathered.complete(draft.entity, draft.values)
            del draft.rest["lacks"]
        super().check_new(draft)


def _is_part(given: str, name: str) -> bool:
    """Say whether a name has the given name in it: Jan is no part of Jansen, 小明 is one of 王小明."""
    return given in name.split() or (
        not name.isascii() and " " not in name and " " not in given and not given[0].islower() and not given[0].isupper() and given in name
    )


def _birthday(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


class LeadShape(Person):
    """Leads; they never stand in the way of one another but by their foreign id or mail address."""

    entity = "lead"

    def starting(self) -> Values:
        """Return what a new lead starts with."""
        values = super().starting()
        values.pop("salutation", None)
        values.pop("title", None)
        arrived = {} if self.work.layout.has("arrived_at") else {"arrived_at": now_ms()}
        return {**values, "company_name": None, "status": None, **arrived}

    def finish(self, draft: Draft) -> None:
        """Complete a lead; a company in the column of names is where it is from."""
        name = self.text(draft.cells, "name")
        if name and not draft.values["company_name"] and not draft.values["given_name"] and not draft.values["family_name"] and is_surely_a_company(name):
            draft.values["company_name"] = name
        super().finish(draft)
        self.begin_with(draft, status="new", arrived_at=now_ms())
