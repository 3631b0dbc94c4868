"""Taking: row by row, what becomes of it: a new record, more of a known one, nothing, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.rows.earlier import Earlier, hashes_of
from crmdesk.exchange.rows.merging import Merging, given_columns
from crmdesk.exchange.rows.once import ALSO, Once
from crmdesk.exchange.rows.outcomes import CHANGES, KNOWN, NEW, SAME
from crmdesk.exchange.rows.recognising import Keys, Recognising
from crmdesk.exchange.rows.repeats import Fresh
from crmdesk.exchange.rows.rings import naming_columns
from crmdesk.exchange.table import OddRow, shown
from crmdesk.exchange.values.known import IN_FILE, Match
from crmdesk.exchange.values.layouts import Target
from crmdesk.exchange.values.seen import Seen
from crmdesk.i18n import mark, tr
from crmdesk.queries import uniqueness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmdesk.exchange.rows.books import Books
    from crmdesk.exchange.rows.decisions import Decided
    from crmdesk.exchange.rows.options import ImportOptions
    from crmdesk.exchange.rows.told import Told
    from crmdesk.exchange.shapes.shape import Shape
    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.exchange.table import Line, Table
    from crmdesk.exchange.values.gathering import Gathered
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.exchange.words.company_names import LegalForms
    from crmdesk.store import Store

PEOPLE_COMPLETED = (
    mark("{count} known person beside a company gets what is new in the file."),
    mark("{count} known people beside companies get what is new in the file."),
)


LEAST_COLUMNS = 2
"""Only in wider tables a single filled cell is odd."""


@dataclass
class Shared:
    """What the files of one import have in common: what one of them brings is known to the next.

    Attributes:
        fresh: what the new records are made of. merged: what known ones are by now. mapped: which meanings of columns are kept already.
        taken: the records without keys that rows turned out to be. met: the records of the store that rows complete.
    """

    store: Store
    gathered: Gathered
    books: Books
    forms: LegalForms
    fresh: Fresh = field(default_factory=Fresh)
    merged: Fresh = field(default_factory=Fresh)
    was_empty: dict[str, bool] = field(default_factory=dict)
    taken: Seen = field(default_factory=Seen)
    met: set[bytes] = field(default_factory=set)
    mapped: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.once = Once(self.store)
        self.earlier = Earlier(self.forms)

    def forget(self) -> None:
        """Let go of what was only needed to work the rows out: of a million it is more than writing them needs."""
        self.books.forget()
        self.earlier, self.fresh, self.merged, self.taken, self.met = Earlier(self.forms), Fresh(), Fresh(), Seen(), set()


class Taking:
    """Takes the rows of one file.

    Args:
        ringed: the lines that stand above themselves.
    """

    def __init__(
        self, shared: Shared, table: Table, entity: str, layout: Layout, options: ImportOptions, decided: Decided, told: Told, shape: Shape, ringed: set[int]
    ) -> None:
        store = shared.store
        self._store, self._shared, self._table, self._entity, self._layout, self._options = store, shared, table, entity, layout, options
        self._decided, self._told, self._shape, self._ringed = decided, told, shape, ringed
        self._keys = Keys(entity, options.match, bool(layout.product or table.ways))
        self._recognising = Recognising(store, entity, shared.was_empty, shared.taken, shared.forms)
        self._merging = Merging(store, layout, decided, shared.fresh, shared.merged, self._ask_of_newcomers)
        self._people = Merging(store, _of_people(layout), decided, shared.fresh, shared.merged, self._ask_of_newcomers)
        self._completes = _completes(options.on_duplicate)
        self._has_rules = bool(store.settings.uniqueness)
        self._may_have_headings = table.ways is None and len([column for column in layout.columns if column.target]) > LEAST_COLUMNS
        self._left: set[int] = set()

    def take(self, lines: Sequence[Line]) -> None:
        """Take some rows."""
        counts = self._told.counts
        left_out = counts.rejected + counts.skipped
        self._left.clear()
        drafts = self._drafts(lines)
        self._shape.settle(drafts)
        self._accept(drafts)
        self._told.keep_rejected()
        self._shape.beside.tell_again([draft for draft in drafts if draft.line not in self._left])
        drops_links = self._drops_links()
        books = self._shared.books
        books.settle(self._meant_by_none(drafts) if counts.rejected + counts.skipped > left_out or drops_links else ())

    def _meant_by_none(self, drafts: Sequence[Draft]) -> set[bytes]:
        """Return what these rows had made though none of those means it that come in."""
        gone = self._shared.books.unsettled
        self._shared.books.keep_names(cell for draft in drafts if draft.line not in self._left for cell in draft.cells)
        if not gone:
            return gone
        for draft in drafts:
            if draft.line in self._left:
                for other in draft.rest.get("beside", ()):
                    gone.difference_update(_meant(other))
            else:
                gone.difference_update(_meant(draft))
        return gone

    def _drafts(self, lines: Sequence[Line]) -> list[Draft]:
        drafts, told = [], self._told
        told.read(lines)
        found = iter(self._shape.drafts([(number, cells) for number, cells in lines if cells.__class__ is not OddRow and number not in self._ringed]))
        for number, cells in lines:
            if cells.__class__ is OddRow:
                told.reject(number, cells, cells.reason)
            elif number in self._ringed:
                names = (" ".join(shown(cells[place]) for place in group) for group in naming_columns(self._entity, self._layout))
                told.reject(number, cells, tr("“{name}” would stand above itself.", name=next(filter(None, names), "")))
            elif isinstance(draft := next(found), UserError):
                told.refuse(number, cells, draft)
            else:
                drafts.append(draft)
        return drafts

    def _accept(self, drafts: list[Draft]) -> None:
        keys_of = [self._keys.of(draft) for draft in drafts]
        known = self._known(drafts, keys_of)
        self._shape.look_up_people(drafts, [match.record if match else None for match in known])
        if self._has_rules:
            self._shared.once.look_up(
                one for draft in drafts for one in (draft, *self._shape.newcomers(draft), *([draft.rest["person"]] if "person" in draft.rest else ()))
            )
        merges: list[tuple[Draft, Match]] = []
        for draft, keys, match in zip(drafts, keys_of, known, strict=True):
            mode = self._decided.mode(draft)
            if match is None and (match := self._take_new(draft, keys, mode)) is None:
                continue
            leaves = mode == "skip" or match.is_settled
            self._shape.brings(draft, match.record)
            self._shape.meet_person(draft, match.record, completes=_completes(mode))
            try:
                self._ask([] if leaves else [(draft, match.record)], draft)
            except UserError as error:
                self._refuse(draft, error)
                continue
            self._shape.is_there(draft, match.record)
            if leaves:
                self._skip(draft, match.record)
                self._told.note(draft, KNOWN, match.record, match.sign)
            else:
                merges.append((draft, match))
                self._shared.met.add(match.record)
                self._shared.earlier.remember(draft, keys, hashes_of(draft, keys), match.record)
        if merges:
            self._merge(merges)
        if self._shape.people_shape is not None:
            self._complete_people(drafts, self._shape.people_shape)

    def _complete_people(self, drafts: Sequence[Draft], shape: Shape) -> None:
        """Let rows of companies complete the people beside them who stand beside a row further up, or are known and not to be left alone."""
        merges: list[tuple[Draft, Match]] = []
        for draft in drafts:
            for person in draft.rest.get("beside", ()):
                self._shared.books.teach(person)
                self._people.keep(person)
            known = draft.rest.get("person is")
            if known is None or not draft.rest["person"].rest.get("completes"):
                continue
            person = draft.rest["person"]
            if isinstance(known, Match):
                merges.append((person, known))
            else:
                self._people.complete(shape, person, known)
            draft.rest["beside"] = [person]
        completed = {match.record for _, match in merges if match.record in self._shared.merged}
        for _, match, changes in self._people.merge(shape, merges) if merges else ():
            if changes and not isinstance(changes, UserError) and match.record not in completed:
                completed.add(match.record)
                shape.work.note(PEOPLE_COMPLETED)

    def _drops_links(self) -> bool:
        """Say whether some of the last rows name records that they are not linked to."""
        drops = self._merging.drops_links or self._people.drops_links
        self._merging.drops_links = self._people.drops_links = False
        return drops

    def _known(self, drafts: list[Draft], keys_of: list[list[Key]]) -> list[Match | None]:
        """Return the records of the store that rows are, as the user decided where they did."""
        known: list[Match | None] = [None] * len(drafts)
        if not self._decided.only_adds(drafts):
            known = self._recognising.known(drafts, keys_of)
            self._recognising.find_repeats(drafts, keys_of, known, partial(given_columns, self._layout))
        self._decided.apply(self._store, drafts, known)
        self._recognising.free_ids(drafts, keys_of)
        return known

    def _take_new(self, draft: Draft, keys: list[Key], mode: str) -> Match | None:
        """Take a row that is no record of the store, unless a row further up is the same; returns the record that this one has completed."""
        told, earlier, hashes = self._told, self._shared.earlier, hashes_of(draft, keys)
        if mode != "add" and not draft.rest.get("may repeat") and (record := earlier.record(draft, keys, hashes)) is not None:
            if record in self._shared.met:
                return Match(record, keys[0])
            self._repeat(draft, record)
            return None
        self._shape.meet_person(draft, None, completes=_completes(mode))
        try:
            self._shape.check_new(draft)
            said = self._ask_of_new(draft) if self._has_rules else ""
            self._shape.accept(draft)
        except UserError as error:
            self._refuse(draft, error)
            return None
        if self._has_rules and draft.id:
            self._shared.once.remember(draft, draft.id)
        if told.watched:
            told.note(draft, NEW, reason=said)
        self._count_added(draft)
        if self._may_have_headings and draft.cells.count("") == len(draft.cells) - 1:
            told.take_lone(draft)
        if told.stated.column is not None:
            told.stated.take(draft, draft.id)
        earlier.remember(draft, keys, hashes, draft.id)
        self._shared.books.teach(draft)
        if keys and self._completes:
            self._merging.keep(draft)
        return None

    def _repeat(self, draft: Draft, record: bytes) -> None:
        """Leave out a row that repeats one further up, once that has what this one brings."""
        completes = _completes(self._decided.mode(draft))
        self._shape.meet_person(draft, record, completes=completes)
        try:
            self._ask([(draft, record)] if completes and record in self._shared.fresh else [], draft)
            self._shape.is_there(draft, record)
            changes = self._merging.complete(self._shape, draft, record) if self._completes else []
        except UserError as error:
            self._refuse(draft, error)
            return
        if changes:
            self._told.change(changes)
            self._told.count("updated", draft.line)
            self._told.note(draft, CHANGES, record, IN_FILE, changes, in_file=True)
        else:
            self._skip(draft, record)
            self._told.note(draft, KNOWN, record, IN_FILE, in_file=True)

    def _merge(self, merges: list[tuple[Draft, Match]]) -> None:
        """Put rows on the records that they are."""
        for draft, match, changes in self._merging.merge(self._shape, merges):
            if isinstance(changes, UserError):
                self._refuse(draft, changes)
                continue
            self._told.change(changes)
            self._told.stated.take(draft, match.record)
            if changes:
                self._told.count("updated", draft.line)
            else:
                self._skip(draft, match.record)
            self._told.note(draft, CHANGES if changes else SAME, match.record, match.sign, changes)
            if self._merging.turned_back:
                self._told.take_back(self._merging.turned_back, match.record)

    def _ask_of_new(self, draft: Draft) -> str:
        """Hold a new row with all that it brings against the rules of uniqueness; returns what they say.

        Raises:
            UserError: they forbid something of it.
        """
        newcomers = [(other, other.id) for other in self._shape.newcomers(draft)]
        return self._ask([(draft, self._shared.books.awaited(draft)), *newcomers], draft)

    def _ask_of_newcomers(self, shape: Shape, draft: Draft) -> None:
        """Hold what comes in since a row of a known record names it against the rules of uniqueness.

        Raises:
            UserError: they forbid something of it.
        """
        if self._has_rules:
            self._ask([(other, other.id) for other in shape.newcomers(draft)])

    def _ask(self, brought: Sequence[tuple[Draft, bytes | None]], beside: Draft | None = None) -> str:
        """Hold records against the store's rules of uniqueness; returns what these say. Where a rule only warns, or asks for a reason, it is counted.

        Args:
            brought: each with the one that it is, or will be. beside: a row whose person is asked for too, if they come in or get something.

        Raises:
            UserError: what must not be twice is there already.
        """
        if not self._has_rules:
            return ""
        brought = [*brought, *(self._person(beside) if beside else ())]
        complaints = [complaint for draft, record in brought for complaint in self._shared.once.complaints(draft, record)]
        for mode, said in complaints:
            if mode == uniqueness.BLOCK:
                raise UserError(said)
        if complaints:
            self._shape.work.note(ALSO)
        for draft, record in brought:
            if record:
                self._shared.once.remember(draft, record)
        return " ".join(said for _, said in complaints)

    def _person(self, draft: Draft) -> list[tuple[Draft, bytes | None]]:
        """Return the person beside a row if they come in with it, or get something, with the record that they are, or will be."""
        known = draft.rest.get("person is")
        person = draft.rest.get("person")
        if person is None or (known and not person.rest.get("completes")):
            return []
        return [(person, known.record if isinstance(known, Match) else known or person.id)]

    def _refuse(self, draft: Draft, error: UserError) -> None:
        self._left.add(draft.line)
        draft.rest.pop("person is", None)
        self._told.refuse(draft.line, draft.cells, error)

    def _skip(self, draft: Draft, record: bytes) -> None:
        """Leave out a row whose record is there and stays as it is."""
        self._left.add(draft.line)
        self._told.skip(draft, record)

    def _count_added(self, draft: Draft) -> None:
        if draft.entity == self._entity:
            self._told.count("joined" if "line of" in draft.rest else "added", draft.line)
            return
        self._told.count("joined", draft.line)
        if "made already" not in draft.rest:
            self._shared.gathered.made(draft.entity)


def _completes(mode: str) -> bool:
    return mode in {"fill", "overwrite"}


def _of_people(layout: Layout) -> Layout:
    """Return what the columns of companies mean for the people beside them."""
    columns = []
    for column in layout.columns:
        target = column.target
        if target and target.of == "contact":
            columns.append(replace(column, target=replace(target, of="")))
        elif target and target.field == "name" and not target.of:
            columns.append(replace(column, target=Target("company")))
    return replace(layout, entity="contact", columns=tuple(columns))


def _meant(draft: Draft) -> Iterator[bytes]:
    """Yield the records that a row means."""
    yield draft.id
    yield from (value for value in draft.values.values() if value.__class__ is bytes)
    for parts in (draft.parts, *(parts for _, _, parts in draft.rest.get("made", {}).values())):
        yield from parts.tags if parts else ()
    for other in draft.rest.get("beside", ()):
        yield from _meant(other)
