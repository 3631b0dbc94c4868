"""Address cards (vCard 2.1, 3.0, 4.0) as a table: one row per card, as Apple, Google, Outlook, Android and their kin write them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.files.card_pictures import COMPONENT, LARGEST_PICTURE, Picture, load_picture
from crmdesk.exchange.files.cards import ADDRESS, OUR, SOURCE, Card, CardReader
from crmdesk.exchange.files.contentlines import Pile, Source, fallback_of, is_old, property_of, unfolded
from crmdesk.exchange.files.our_terms import OUR_PRODUCT, OWN
from crmdesk.exchange.shapes.customers import CompanyShape, ContactShape
from crmdesk.exchange.shapes.people import LeadShape
from crmdesk.exchange.table import SAMPLE_ROWS, Cell, Line, OddRow, Table, Ways
from crmdesk.exchange.values.entries import title_of
from crmdesk.exchange.values.layouts import Column, Layout, Target
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from crmdesk.exchange.files.contentlines import Block, Property
    from crmdesk.exchange.files.rejects import Rejection
    from crmdesk.exchange.shapes.shape import Shape
    from crmdesk.exchange.shapes.work import Draft, Work

HELD_CARDS = 20_000
HELD_TEXT = 40_000_000
MOST_PROPERTIES = 5_000

FIELDS = (
    "record_kind", "name", "salutation", "title", "given_name", "middle_name", "family_name", "suffix", "nickname", "company", "department", "role", "birthday", "language", "tags",
    "note", "external_id", "id", "picture",
)  # fmt: skip
_LABELS = {
    "record_kind": mark("Person or company"), "name": mark("Full name"), "title": mark("Title"), "middle_name": mark("Middle name"), "suffix": mark("Name suffix"),
    "nickname": mark("Nickname"), "picture": mark("Picture"), "external_id": mark("External id"), "id": mark("Id"),
}  # fmt: skip


@dataclass(frozen=True)
class Widths:
    """How many phones and the like the cards have at most."""

    phones: int = 0
    mails: int = 0
    handles: int = 0
    websites: int = 0
    addresses: int = 0
    fields: tuple[str, ...] = ()


def open_cards(paths: Sequence[Path]) -> Table:
    """Open files of address cards as one table.

    Raises:
        UserError: there is no card in them.
    """
    deck = Deck(Pile(paths, COMPONENT))
    deck.look_through()
    if not deck.count:
        if len(paths) == 1:
            raise UserError(tr("“{file}” holds no address card.", file=paths[0].name))
        raise UserError(tr("There is no address card in these files."))
    columns = deck.columns()
    return Table(
        paths[0], "vcard", tuple(name for name, _, _ in columns), deck.rows, tuple(deck.rows(SAMPLE_ROWS)), deck.count, encoding="utf-8", delimiter=",",
        notes=deck.notes(), ways=Ways(SOURCE, deck.layout, _shape, load_picture, deck.give_back, deck.pile.said, deck.pile.files, deck.entity),
    )  # fmt: skip


class Deck:
    """The cards of some files. They are read again for each purpose, unless they are few; pictures stay where they are."""

    def __init__(self, pile: Pile) -> None:
        self.pile = pile
        self.count = 0
        self.entity = "contact"
        self.product = ""
        self.left_out: Counter[str] = Counter()
        self.refused_pictures = 0
        self.widths = Widths()
        self._held: list[Card] | None = []

    # ---- the first look ----

    def look_through(self) -> None:
        """Read all cards once: how many there are, how many phones they have at most, who wrote them."""
        fields: set[str] = set()
        most = [0, 0, 0, 0, 0]
        size = companies = 0
        for card in self._read(looks=True):
            self.count += 1
            companies += card.values.get("record_kind") == "company"
            fields |= card.values.keys()
            has = (len(card.phones), len(card.mails), len(card.handles), len(card.websites), len(card.addresses))
            most = [max(pair) for pair in zip(most, has, strict=True)]
            if self._held is not None:
                size += sum(len(value) for value in card.values.values() if isinstance(value, str)) + 400
                self._held.append(card)
                if len(self._held) > HELD_CARDS or size > HELD_TEXT:
                    self._held = None
        self.entity = "company" if companies == self.count else "contact"
        self.widths = Widths(most[0], most[1], most[2], most[3], most[4], _fields_of(fields))

    def cards(self) -> Iterator[Card]:
        """Yield all cards."""
        return iter(self._held) if self._held is not None else self._read()

    def _read(self, looks: bool = False) -> Iterator[Card]:
        for number, line, block in self.pile.blocks():
            yield self._card(block, self.pile.sources[number], line, looks)

    def _card(self, block: Block, source: Source, line: int, looks: bool) -> Card:
        card = Card(line, problem=block.problem)
        if block.problem:
            return card
        properties = _properties(block, source)
        if len(properties) > MOST_PROPERTIES:
            card.problem = tr("It is larger or deeper than any real one.")
            return card
        reader = CardReader(card, properties, (str(source.path), source.wide, block.offset))
        reader.read()
        if looks:
            self.left_out.update(reader.left_out)
            self.refused_pictures += reader.has_odd_picture or (
                "picture" in card.values and sum(len(line.strip()) for line in block.lines) > LARGEST_PICTURE * 4 / 3 + 4096
            )
            self.product = self.product or _product(properties)
        if not card.values.keys() - {"record_kind", "external_id", "id"} and not (card.phones or card.mails or card.handles):
            card.problem = tr("The card is empty.")
        return card

    # ---- as a table ----

    def columns(self) -> list[tuple[str, Target | None, int]]:
        """Return the columns: name, target, and how many places on the column with its label stands, 0 for none."""
        fields = entity_class("contact").fields
        columns: list[tuple[str, Target | None, int]] = []
        for name in self.widths.fields:
            columns.append((name.removeprefix(OWN), None, 0) if name.startswith(OWN) else (_label_of(name), Target(name), 0))
        for name, count in (("phone", self.widths.phones), ("email", self.widths.mails), ("handle", self.widths.handles)):
            for place in range(1, count + 1):
                columns += [
                    (f"{tr(fields[name].label)} {place}", Target(name), 1),
                    (tr("{field} {number}: label", field=tr(fields[name].label), number=place), None, 0),
                ]
        columns += [(f"{tr(mark('Website'))} {place}", Target("website"), 0) for place in range(1, self.widths.websites + 1)]
        inner = entity_class("address").fields
        names = {part: tr(inner[part].label) for part in ADDRESS if part in inner} | {
            "po_box": tr(mark("PO box")), "extended": tr(mark("Address addition")), "formatted": tr(mark("Whole address")),
        }  # fmt: skip
        for place in range(1, self.widths.addresses + 1):
            for at, part in enumerate(ADDRESS):
                columns.append((f"{names[part]} {place}", Target("address", label=f"#{place}", part=part), len(ADDRESS) - at))
            columns.append((tr("{field} {number}: label", field=tr(fields["address"].label), number=place), None, 0))
        return columns

    def layout(self, entity: str, table: Table) -> Layout:
        """Say where the columns go.

        Raises:
            UserError: cards are no such records.
        """
        if entity not in _WHO:
            raise UserError(
                tr("“{file}” holds address cards, and these become contacts or leads.", file=table.path.name),
                hint=tr("Cards of companies become companies when contacts are imported."),
            )
        columns: list[Column] = []
        for index, (name, target, label) in enumerate(self.columns()):
            if target is not None:
                target = _goes_to(entity, target)
            if entity == "company" and target and target.field == "website" and any(column.target == target for column in columns):
                target = Target("handle", label="website")
            columns.append(Column(index, name, target, index + label if label and target else None, "product" if target else ""))
        labels = {column.label_index for column in columns}
        unused = tuple(column.header for column in columns if column.target is None and column.index not in labels and table.values(column.index))
        return Layout(entity, tuple(columns), self.product or None, SOURCE, unused)

    def rows(self, most: int = 0) -> Iterator[Line]:
        """Begin a new reading.

        Args:
            most: stop after so many rows.
        """
        widths, fields = self.widths, self.widths.fields
        for number, card in enumerate(self.cards(), 1):
            if card.problem:
                yield card.line, OddRow.because(card.problem, [str(card.values.get(name, "")) for name in fields])
            else:
                cells: list[Cell] = [card.values.get(name, "") for name in fields]
                for parts, width in ((card.phones, widths.phones), (card.mails, widths.mails), (card.handles, widths.handles)):
                    for label, value in parts:
                        cells += (value, label)
                    cells += [""] * (2 * (width - len(parts)))
                cells += card.websites
                cells += [""] * (widths.websites - len(card.websites))
                for label, address in card.addresses:
                    cells += address
                    cells.append(label)
                cells += [""] * ((len(ADDRESS) + 1) * (widths.addresses - len(card.addresses)))
                yield card.line, cells
            if number == most:
                return

    def notes(self) -> tuple[str, ...]:
        """Say what the cards have and contacts have no place for."""
        notes = [tr("“{file}” holds no address card.", file=name) for name in self.pile.empty]
        if self.left_out:
            names = ", ".join(name for name, _ in self.left_out.most_common(12))
            notes.append(tr("Left out, since contacts have no place for it: {names}", names=names))
        if self.refused_pictures:
            notes.append(
                ntr(
                    "{count} picture is none, or larger than 2 MB: it was left out.",
                    "{count} pictures are none, or larger than 2 MB: they were left out.",
                    self.refused_pictures,
                )
            )
        return tuple(notes)

    # ---- what was rejected ----

    def give_back(self, path: Path, rejections: Iterable[Rejection]) -> None:
        """Write rejected cards as they were, with the reason in each."""
        self.pile.give_back(path, {rejection.line: rejection.reason for rejection in rejections})


_WHO = ("contact", "company", "lead")
_THEIRS = {entity: frozenset(name for name, item in entity_class(entity).fields.items() if item.kind != "parts" and not item.derived) for entity in _WHO}
_LINKS = {entity: frozenset(name for name in names if entity_class(entity).fields[name].kind == "link") for entity, names in _THEIRS.items()}


def _fields_of(found: set[str]) -> tuple[str, ...]:
    """Return the single values that cards have, in their order: behind those of all cards what only ours say; fields of the user's own come last."""
    ours = sorted(name for name in found if name.startswith(OUR) and any(_is_of(entity, name.removeprefix(OUR)) for entity in _WHO))
    return (*(name for name in FIELDS if name in found or name == "name"), *ours, *sorted(name for name in found if name.startswith(OWN)))


def _is_of(entity: str, name: str) -> bool:
    """Say whether a field is one of an entity, or the id of a record that it links."""
    return name in _THEIRS[entity] or (name.endswith("_id") and name.removesuffix("_id") in _LINKS[entity])


def _label_of(name: str) -> str:
    bare = name.removeprefix(OUR)
    if name in _LABELS or bare in _LABELS:
        return tr(_LABELS[bare])
    item = next((fields[bare] for entity in _WHO if bare in (fields := entity_class(entity).fields)), None)
    link = bare.removesuffix("_id")
    return tr(item.label) if item else title_of(next(entity for entity in _WHO if link in _LINKS[entity]), link, "id")


def _goes_to(entity: str, target: Target) -> Target | None:
    """Return where a column goes in records of an entity, if they have a place for it."""
    name = target.field.removeprefix(OUR)
    if name != target.field:
        of_company = entity == "contact" and name in _THEIRS["company"] - _LINKS["company"]
        return Target(name) if _is_of(entity, name) else Target(name, of="company") if of_company else None
    if entity == "lead":
        return None if name in _NOT_OF_LEADS else Target("company_name") if name == "company" else target
    if entity == "company":
        return None if name in _NOT_OF_COMPANIES else Target("name") if name == "company" else target
    return target


_WITHOUT = (b"PHOTO", b"LOGO", b"SOUND", b"KEY", b"X-MS-CARDPICTURE")


def _properties(block: Block, source: Source) -> list[Property]:
    old = is_old(block)
    found = (property_of(line, "cp1252" if line.isascii() else fallback_of(source)) for line in unfolded(block, old, _WITHOUT))
    return [item for item in found if item is not None]


_NOT_OF_LEADS = frozenset({"record_kind", "department", "birthday", "language", "picture", "salutation", "title"})
_NOT_OF_COMPANIES = frozenset(FIELDS) - {"record_kind", "company", "language", "tags", "note", "external_id", "id"}
_PRODUCTS = (
    ("Apple", re.compile(r"apple|macos|mac os|iphone", re.IGNORECASE)), ("Nextcloud", re.compile(r"sabre|nextcloud|owncloud", re.IGNORECASE)),
    ("KAddressBook", re.compile(r"kaddressbook", re.IGNORECASE)), ("Outlook", re.compile(r"microsoft", re.IGNORECASE)), ("Google Contacts", re.compile(r"google", re.IGNORECASE)),
    ("Xing", re.compile(r"xing", re.IGNORECASE)), (OUR_PRODUCT, re.compile(r"crmdesk", re.IGNORECASE)),
)  # fmt: skip


_PREFIXES = (
    ("X-MS-", "Outlook"), ("X-ANDROID-", "Android"), ("X-EVOLUTION-", "Evolution"), ("X-PHONETIC-", "Google Contacts"), ("X-AB", "Apple"), ("X-MOZILLA", "Thunderbird"),
)  # fmt: skip


def _product(properties: Sequence[Property]) -> str:
    """Return the program that wrote a card: it says so, or its own properties give it away."""
    for item in properties:
        if item.name == "PRODID":
            return next((name for name, known in _PRODUCTS if known.search(item.value)), "")
    names = {item.name for item in properties}
    for prefix, product in _PREFIXES:
        if any(name.startswith(prefix) for name in names):
            return product
    return ""


class CardShape(ContactShape):
    """Contacts and companies from cards, with their pictures."""

    def after(self, draft: Draft) -> None:
        """Keep the picture beside the record."""
        super().after(draft)
        for index in self.virtual.get("picture", ()):
            if isinstance(cell := draft.cells[index], Picture):
                self.work.gathered.files.append((draft.entity, draft.id, draft.values.get("company_id"), cell.place))


class CompanyCardShape(CompanyShape):
    """Companies from their cards."""

    def finish(self, draft: Draft) -> None:
        """Refuse the cards of people."""
        if self.text(draft.cells, "record_kind") == "person":
            raise UserError(tr("This is the card of a person."), hint=tr("Import the file as “contact”."))
        super().finish(draft)


_SHAPES: dict[str, type[Shape]] = {"contact": CardShape, "lead": LeadShape, "company": CompanyCardShape}


def _shape(entity: str, work: Work) -> Shape:
    return _SHAPES[entity](work, entity)
