"""Adding, changing and deleting records of any entity; what an area does beside that stands in its own file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.errors import NotAllowed, Question, UserError
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import PARTS, entity_class
from crmdesk.models.workspace import Holiday, Setting
from crmdesk.operations import leading_quotes, settings, values
from crmdesk.queries import uniqueness
from crmdesk.queries.finding import title_field
from crmdesk.store.door import operation
from crmdesk.store.rights import authorize
from crmdesk.store.settings import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from crmdesk.fields import Reading
    from crmdesk.models.base import Record
    from crmdesk.operations.values import Values
    from crmdesk.store.door import Change


def _allow(change: Change, cls: type[Record]) -> None:
    """Ask for the right to write this entity; parts need that of their owner."""
    owners = cls.entity.owned_by or (cls.entity.name,)
    for index, owner in enumerate(owners):
        try:
            authorize(change.viewer, f"{owner}.write")
            return
        except NotAllowed:
            if index == len(owners) - 1:
                raise


def _about(change: Change, record: Record) -> None:
    name = getattr(record, title_field(type(record)), None)
    change.note(about=str(name) if isinstance(name, str) and name else None)


_BY_THE_PROGRAM = {"setting", "spent_number", "number_series", "attachment", "import_mapping", "merged_record", "not_same"}
_BY_DEEDS = {
    "quote": {"version", "previous", "pdf", "pdf_sha256", "issued_at", "left_at", "sent_at", "decided_at", "decline_reason"},
    "attachment": {"size", "sha256"},
    "number_series": {"about", "kind", "year"},
    "ticket": {"waiting_since", "waited_minutes"},
    "spent_number": {"number", "about", "value", "year", "record", "withdrawn"},
}
"""Fields that only the deeds write that they tell of."""
_FIXED = {"quote": {"status", "frozen"}, "custom_field": {"about", "name", "kind"}}
"""Fields that a new record may bring, such as one from elsewhere, and that no edit changes: locks and operations of their own keep them."""


def can_be_edited(entity: str, name: str) -> bool:
    """Say whether `edit` takes a field of an entity; all others are written by the program and by deeds, and no list offers to change them."""
    cls = entity_class(entity)
    is_of_series = name == "number" and cls.entity.series is not None
    return cls is not Setting and not is_of_series and name not in _BY_DEEDS.get(entity, set()) | _FIXED.get(entity, set())


@operation(mark("Add"), right="store.read")
def add(change: Change, entity: str, given: Values, reading: Reading | None = None, *, anyway: bool | str = False) -> UUID:
    """Add a record; returns its id. Deals, tickets and leads get what a new one of them needs.

    Args:
        given: values by field name, see `values.assign`.
        anyway: allow what should be there once a second time; a text is the reason, and stands in the history.

    Raises:
        UserError: names the field and says why; nothing is written.
        Question: what should be there once is there already, and the store's rule wants a word about it.
    """
    cls = entity_class(entity)
    _allow(change, cls)
    values.check_names(change, cls, given)
    if cls.entity.name in _BY_THE_PROGRAM:
        raise UserError(tr("{entity} can't be added by hand.", entity=tr(cls.entity.label)))
    _refuse_noted(cls, given)
    if (made := _made_in_its_own_way(change, cls.entity.name, given, reading)) is not None:
        return made
    record = change.draft(cls)
    complete_new(change, record)
    values.assign(change, record, {name: value for name, value in given.items() if name.partition(".")[0] in cls.fields and not _is_list(cls, name)}, reading)
    finish_new(change, record)
    if cls.entity.owned_by and not any(getattr(record, f"{owner}_id", None) for owner in cls.entity.owned_by):
        raise UserError(tr("{entity} can't stand alone.", entity=tr(cls.entity.label)), hint=tr("Say what it belongs to."))
    settings.switch_on(change, settings.unused_areas(change, cls.entity.name))
    change.keep(record)
    change.flush()
    values.assign(change, record, {name: value for name, value in given.items() if name.partition(".")[0] not in cls.fields or _is_list(cls, name)}, reading)
    values.check_own(change, record)
    change.flush()
    _check_unique(change, record, anyway)
    _about(change, record)
    return record.id


def _made_in_its_own_way(change: Change, entity: str, given: Values, reading: Reading | None) -> UUID | None:
    """Add what does not come alone, a pipeline with its stages, a part by its own deed, and what is there only once: a tag of a name, the holiday of a day."""
    name = str(given.get("name") or "").strip()
    rest = {field: value for field, value in given.items() if field != "name"}
    if entity in PARTS:
        from crmdesk.operations import parts

        return parts.add(change, entity, given, reading)
    match entity:
        case "pipeline" if name:
            from crmdesk.operations import pipelines

            made = pipelines.add(change, name)
        case "tag" if name:
            made = values.tag_id(change, f"{rest.pop('group', None) or ''}:{name}")
            change.flush()
        case "holiday" if given.get("on") and (known := _holiday_on(change, given["on"], reading)):
            made, rest = known.id, dict(given)
        case _:
            return None
    record = change.get(entity_class(entity), made)
    values.assign(change, record, rest, reading)
    values.check_own(change, record)
    change.flush()
    _about(change, record)
    return made


def _holiday_on(change: Change, text: Any, reading: Reading | None) -> Holiday | None:
    from sqlalchemy import select

    field = Holiday.fields["on"]
    try:
        day = values.plain(field, text, reading or change.settings.reading)
    except UserError as error:
        error.field = error.field or field.name
        raise
    return change.find(Holiday, select(Holiday).where(Holiday.on == day, Holiday.deleted_at.is_(None)))


def _check_unique(change: Change, record: Record, anyway: bool | str, given: Values | None = None) -> None:
    """Keep what should be there once from coming twice, as the store's rules say; an edit answers only for the fields that it touches."""
    if not change.settings.uniqueness:
        return
    touched = None if given is None else {name.partition(".")[0] for name in given} | ({"name"} if {"given_name", "family_name"} & set(given) else set())
    for clash in uniqueness.of_record(change.reader, record):
        if touched is not None and not any(field.partition(".")[0] in touched or field.partition(".")[2] in touched for field in clash.rule.fields):
            continue
        if clash.rule.mode == uniqueness.BLOCK:
            raise UserError(clash.said, field=clash.rule.fields[0], hint=tr("Open that record instead."))
        if clash.rule.mode == uniqueness.REASON and not anyway:
            raise Question(clash.said, "anyway", hint=tr("Save it all the same?"))
        change.note(also=clash.record.hex, **({"reason": anyway} if isinstance(anyway, str) else {}))


def _is_list(cls: type[Record], name: str) -> bool:
    field = cls.fields.get(name.partition(".")[0])
    return field is not None and field.kind == "parts"


def complete_new(change: Change, record: Record) -> None:
    """Fill in what a new record of an entity starts with, before the given values."""
    fresh: Any = record
    match record.entity.name:
        case "deal":
            from crmdesk.operations import deals

            deals.prepare_new(change, fresh)
        case "ticket":
            fresh.status, fresh.priority, fresh.opened_at = "new", "normal", change.at
        case "lead":
            fresh.status, fresh.arrived_at = "new", change.at
        case "company" | "contact":
            fresh.owner_id = change.member_id
        case "activity":
            fresh.kind, fresh.at, fresh.owner_id = "note", change.at, change.member_id
        case "task":
            fresh.owner_id = change.member_id
        case "product":
            fresh.is_active, fresh.currency = True, change.settings.currency
        case "member":
            fresh.is_active, fresh.role = True, "sales"
        case "article":
            fresh.status, fresh.language = "draft", change.settings.language
        case "quote":
            from crmdesk.operations import quotes

            quotes.prepare_new(change, fresh)
        case _:
            pass


def finish_new(change: Change, record: Record) -> None:
    """Complete a new record once its given values are on it."""
    fresh: Any = record
    match record.entity.name:
        case "deal":
            from crmdesk.operations import deals

            deals.finish_new(change, fresh)
        case "ticket":
            from crmdesk.operations import tickets

            tickets.finish_new(change, fresh)
        case "task":
            from crmdesk.operations import tasks

            tasks.settle(change, fresh)
        case "custom_field":
            from crmdesk.operations import own_fields

            own_fields.settle(change, fresh)
        case _:
            pass


def _refuse_number(record: Record, given: Values) -> None:
    """Keep the number that a record got from its series."""
    number = getattr(record, "number", None)
    if number and type(record).entity.series and "number" in given and given["number"] != number:
        raise UserError(tr("The number {number} stays: numbers come from their series, each once.", number=number), field="number")


@operation(mark("Edit"), right="store.read")
def edit(change: Change, entity: str, ids: Sequence[UUID], given: Values, reading: Reading | None = None, *, anyway: bool | str = False) -> int:
    """Change fields of records; returns how many. What belongs to an issued document is refused."""
    cls = entity_class(entity)
    _allow(change, cls)
    if cls is Setting:
        raise UserError(tr("Settings are changed by their name."), hint=tr("As in: crmdesk set setting payment_days value=14"))
    _refuse_noted(cls, given)
    count = 0
    for record in change.each(cls, ids) if len(ids) > 1 else (change.get(cls, ids[0]),):
        _refuse_locked(change, record, given)
        _refuse_number(record, given)
        before = _before_edit(record)
        values.assign(change, record, given, reading)
        _after_edit(change, record, given, before)
        count += 1
        if change.settings.uniqueness:
            change.flush()
            _check_unique(change, record, anyway, given)
        if len(ids) == 1:
            change.flush()
            _about(change, record)
    if len(ids) > 1:
        change.note(about=tr("{count} records", count=count))
    return count


def _refuse_noted(cls: type[Record], given: Values) -> None:
    """Keep what a deed notes from being written without it: a quote that was never sent is no sent one."""
    for name in given:
        if name in _BY_DEEDS.get(cls.entity.name, ()):
            raise UserError(tr("{field} is filled in by the program.", field=tr(cls.fields[name].label)), field=name)


def _refuse_issued_pdf(change: Change, file: Any) -> None:
    of_quote = "SELECT number FROM quote WHERE id = ? AND pdf_id = ? AND number IS NOT NULL AND deleted_at IS NULL"
    if file.quote_id and (number := change.reader.value(of_quote, (file.quote_id.bytes, file.id.bytes))):
        raise UserError(tr("This file is the PDF of {number} and stays as it was issued.", number=number), hint=tr("Make a new version instead."))


def _refuse_locked(change: Change, record: Record, given: Values) -> None:
    fixed: Any = record
    if record.entity.name == "attachment":
        _refuse_issued_pdf(change, record)
    if record.entity.name == "quote" and fixed.status not in (None, "draft") and set(given) - {"tags", "note", "owner", "deal"}:
        raise UserError(tr("{number} was issued and can't be changed.", number=fixed.number or tr("This quote")), hint=tr("Make a new version instead."))
    if record.entity.name == "custom_field":
        from crmdesk.operations import own_fields

        own_fields.refuse_fixed(given)
    if record.entity.name == "stage" and {"outcome", "pipeline"} & set(given):
        from crmdesk.operations import pipelines

        pipelines.refuse_with_deals(change, "stage_id", record.id)


def _before_edit(record: Record) -> Any:
    """Return what of a record `_after_edit` compares with: the stage of a deal, a ticket's times, when a task was done, a lead's status and owner, a quote's currency."""
    known: Any = record
    match record.entity.name:
        case "deal":
            return known.stage_id
        case "ticket":
            from crmdesk.operations import tickets

            return tickets.times_of(known)
        case "task":
            return known.done_at
        case "lead":
            return known.status, known.owner_id
        case "quote":
            return known.currency
        case _:
            return None


def _after_edit(change: Change, record: Record, given: Values, before: Any) -> None:
    """Let follow what an edit brings with it; `before` comes from `_before_edit`."""
    changed: Any = record
    match record.entity.name:
        case "deal":
            from crmdesk.operations import deals

            deals.after_edit(change, changed, given, before)
        case "lead":
            from crmdesk.operations import leads

            leads.after_edit(change, changed, given, before)
        case "ticket" if {"priority", "queue", "service_level", "status", "opened_at", "first_replied_at", "resolved_at", "closed_at"} & set(given):
            from crmdesk.operations import tickets

            tickets.after_edit(change, changed, given, before)
        case "custom_field":
            from crmdesk.operations import own_fields

            own_fields.settle_choices(changed)
        case "task":
            from crmdesk.operations import tasks

            tasks.after_edit(change, changed, given, before)
        case "quote":
            from crmdesk.operations import quotes

            quotes.after_edit(change, changed, given, before)
        case _:
            pass


@operation(mark("Delete"), right="store.read")
def delete(change: Change, entity: str, ids: Iterable[UUID]) -> int:
    """Put records with their parts into the bin; returns how many."""
    cls = entity_class(entity)
    _allow(change, cls)
    doomed = list(change.each(cls, ids))
    if not doomed:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr(cls.entity.label)))
    _refuse_delete(change, cls, doomed)
    _about(change, doomed[0])
    if len(doomed) > 1:
        change.note(about=tr("{count} records", count=len(doomed)))
    deals_of_quotes = {getattr(record, "deal_id", None) for record in doomed} if cls.entity.name == "quote" else set()
    match cls.entity.name:
        case "pipeline":
            from crmdesk.operations import pipelines

            for record in doomed:
                pipelines.delete(change, record.id)
        case "stage":
            from crmdesk.operations import pipelines

            for record in doomed:
                pipelines.delete_stage(change, record.id)
        case _:
            change.delete(cls, [record.id for record in doomed])
    _lead_deals(change, deals_of_quotes)
    return len(doomed)


def _lead_deals(change: Change, deals_of_quotes: Iterable[UUID | None]) -> None:
    """Choose anew which quote leads, where one came or went."""
    for deal_id in deals_of_quotes:
        if deal_id is not None:
            leading_quotes.lead_deal(change, deal_id)


def _refuse_delete(change: Change, cls: type[Record], doomed: Sequence[Record]) -> None:
    if cls.entity.name in {"number_series", "spent_number"}:
        raise UserError(tr("{entity} can't be deleted: each number is given only once.", entity=tr(cls.entity.label)))
    for record in doomed:
        fixed: Any = record
        if cls.entity.name == "attachment":
            _refuse_issued_pdf(change, record)
        if cls.entity.name == "quote" and fixed.number:
            raise UserError(tr("{number} was issued and can't be deleted.", number=fixed.number), hint=tr("Decline it, or make a new version."))
        if cls.entity.name == "stage" and change.reader.value("SELECT 1 FROM deal WHERE stage_id = ? AND deleted_at IS NULL LIMIT 1", (record.id.bytes,)):
            raise UserError(tr("Deals stand in the stage “{name}”.", name=fixed.name), hint=tr("Move them first."))
        if cls.entity.name == "queue":
            _refuse_open_tickets(change, record.id, fixed.name)
        if cls is Setting:
            raise UserError(tr("Settings are changed by their name."), hint=tr("As in: crmdesk set setting payment_days value=14"))


def _refuse_open_tickets(change: Change, queue_id: UUID, name: str) -> None:
    count = change.reader.value("SELECT count(*) FROM ticket WHERE queue_id = ? AND closed_at IS NULL AND deleted_at IS NULL", (queue_id.bytes,))
    if count:
        said = ntr("The queue “{name}” has {count} open ticket.", "The queue “{name}” has {count} open tickets.", count, name=name)
        raise UserError(said, hint=tr("Put them into another queue first."))


@operation(mark("Restore"), right="store.read")
def restore(change: Change, entity: str, record_id: UUID) -> None:
    """Take a record out of the bin, with the parts that went in with it."""
    cls = entity_class(entity)
    _allow(change, cls)
    found = change.reader.one(f'SELECT deleted_at FROM "{cls.entity.name}" WHERE id = ?', (record_id.bytes,))  # noqa: S608
    if not found or found[0] is None:
        raise UserError(tr("This {entity} is not in the bin.", entity=tr(cls.entity.label)))
    change.restore(cls, [record_id])
    restored = change.get(cls, record_id)
    _about(change, restored)
    _after_restore(change, restored, found[0])


@operation(mark("Restore"), right="store.read")
def restore_all(change: Change, binned: Sequence[tuple[str, UUID]]) -> int:
    """Take several records, each given with its entity, out of the bin; returns how many. What came back with another before it counts too."""
    for entity, record_id in binned:
        if not change.reader.value(f'SELECT 1 FROM "{entity_class(entity).entity.name}" WHERE id = ? AND deleted_at IS NULL', (record_id.bytes,)):  # noqa: S608
            restore(change, entity, record_id)
    if len(binned) > 1:
        change.note(about=tr("{count} records", count=len(binned)))
    return len(binned)


def _after_restore(change: Change, restored: Record, deleted_at: int) -> None:
    """Let a record from the bin fit into what became of the rest meanwhile."""
    record: Any = restored
    match restored.entity.name:
        case "quote":
            _lead_deals(change, [record.deal_id])
        case "deal":
            from crmdesk.operations import deals

            deals.after_restore(change, record)
        case "ticket":
            from crmdesk.operations import tickets

            tickets.after_restore(change, record)
        case "pipeline" | "stage":
            from crmdesk.operations import pipelines

            pipelines.after_restore(change, record, deleted_at)
        case _:
            pass


@operation(mark("Change settings"), right="setting.write")
def change_settings(change: Change, given: dict[str, Any]) -> None:
    """Change settings of the store, checked; what is the name of a record becomes its id."""
    given = {key: _record_meant(change, key, value) for key, value in given.items()}
    changed = change.settings.changed(given)
    for rule in given.get("uniqueness", ()):
        if complaint := uniqueness.problem(*rule):
            raise UserError(complaint, field="uniqueness")
    settings.keep(change, changed, given)


def _record_meant(change: Change, key: str, value: Any) -> Any:
    """Return the id of the record that a setting means; other values as they are.

    Raises:
        UserError: there is no such record, or it is no picture.
    """
    field = FIELDS.get(key)
    if field is None or field.kind != "link":
        return value
    try:
        record = values.link_id(change, field, value)
    except UserError as error:
        error.field = key
        raise
    if record is None:
        return ""
    if field.target == "attachment" and not str(change.reader.value("SELECT mime FROM attachment WHERE id = ?", (record.bytes,))).startswith("image/"):
        raise UserError(tr("{name} is no picture that can be printed.", name=value), field=key, hint=tr("Choose a PNG or JPEG file."))
    return str(record)


@operation(mark("Add tag"), right="store.read")
def tag(change: Change, entity: str, ids: Sequence[UUID], names: Sequence[str]) -> int:
    """Give records tags beside those they have."""
    cls = entity_class(entity)
    _allow(change, cls)
    tagged = list(change.each(cls, ids))
    for record in tagged:
        values.add_tags(change, record, names)
    change.note(about=", ".join(names))
    return len(tagged)
