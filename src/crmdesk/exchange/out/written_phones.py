"""Phone numbers on their way out: as they were typed, unless whoever reads them would take them for another country's."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.values.phones import SIGNS, PhoneReader
from crmdesk.models import phones
from crmdesk.models.countries import region_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmdesk.queries.flat import FlatColumn
    from crmdesk.queries.records import Row


class WrittenPhones:
    """Writes numbers; one for an export, since it remembers.

    Args:
        home: the country of numbers without a code, where the row names none.
    """

    def __init__(self, home: str) -> None:
        self._home = home.upper()
        self._reader = PhoneReader()
        self._regions: dict[str | None, str] = {None: ""}

    def written(self, number: str, e164: str | None, region: str) -> str:
        """Return a number without a country's code as it was typed, or in its international form if it would be another one in a country."""
        if not e164 or _is_plainly(number, e164, region) or self._reader.read(number, region)[0] == e164:
            return number
        return _international(number, e164)

    def region(self, countries: Iterable[str | None]) -> str:
        """Return the country that a row's numbers are read with: the first one that its addresses name, else the store's."""
        for country in countries:
            if country not in self._regions:
                self._regions[country] = region_of(country or "")
            if region := self._regions[country]:
                return region
        return self._home

    def of_row(self, row: Row) -> None:
        """Put the numbers of a row into the form in which they come back."""
        if parts := row.values.get("phone"):
            region = self.region(dict(part.more)["country"] for part in row.values.get("address") or ())
            row.values["phone"] = [replace(part, value=self.written(part.value, dict(part.more)["e164"], region)) for part in parts]


class PhoneColumns:
    """The columns of an export that hold numbers, and those that say where they belong."""

    def __init__(self, columns: Sequence[FlatColumn], home: str) -> None:
        self._phones = [at for at, column in enumerate(columns) if column.field == "phone" and column.label is not None]
        self._countries = [at for at, column in enumerate(columns) if column.field == "address" and column.part == "country"]
        self._written = WrittenPhones(home)
        self.sources: list[FlatColumn] = [replace(columns[at], part="e164") for at in self._phones]
        """What is read beside the columns: the international forms."""

    def put(self, block: list[list[Any]], e164s: Sequence[Sequence[str | None]]) -> None:
        """Put the numbers of a block into the form in which they come back."""
        if not self._phones:
            return
        size = len(block[self._phones[0]])
        # Most rows name the same few countries.
        countries = list(zip(*(block[at] for at in self._countries), strict=True)) if self._countries else [()] * size
        region, written = {named: self._written.region(named) for named in set(countries)}, self._written.written
        for at, e164 in zip(self._phones, e164s, strict=True):
            block[at] = [
                number if not number or (number[0] == "+" and number[1:2] != "0") else written(number, known, region[named])
                for number, known, named in zip(block[at], e164, countries, strict=True)
            ]


def _is_plainly(number: str, e164: str, region: str) -> bool:
    """Say at a glance whether a number is just what stands behind the country's code, as nearly all are."""
    dialled = number.translate(SIGNS)
    return e164 == f"{(code := _code(region))}{dialled}" or e164 == f"{code}{dialled[1:]}"


@lru_cache(maxsize=512)
def _code(region: str) -> str:
    """Return what the international numbers of a country begin with; nothing where what is typed at home is changed more than by that."""
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None)
    return f"+{metadata.country_code}" if metadata and not metadata.national_prefix_transform_rule else ""


def _international(number: str, e164: str) -> str:
    import phonenumbers as lib

    parsed = lib.parse(e164)
    behind = number.lstrip("0123456789 \u00a0+-./()")
    extension = phones.parse(f"{e164} {behind}", "")[1] if behind else None
    written = lib.format_number(parsed, lib.PhoneNumberFormat.INTERNATIONAL)
    return f"{written} ext. {extension}" if extension else written
