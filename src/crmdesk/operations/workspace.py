"""What belongs to the store as a whole: pictures of the letterhead, own fields, number series, holidays, service levels and queues."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.registry import entity_class
from crmdesk.models.ticket import Queue, ServiceLevel
from crmdesk.models.workspace import CUSTOM_KINDS, Attachment, CustomField, Holiday
from crmdesk.operations.attachments import PIECE, clean_name
from crmdesk.operations.numbers import series_of
from crmdesk.operations.own_fields import settle
from crmdesk.operations.records import change_settings
from crmdesk.reports.pictures import read_picture
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

PICTURES = {"logo": "logo_id", "seal": "seal_id"}
LARGEST_PICTURE = 4 << 20


@operation(mark("Change letterhead"), right="setting.write")
def set_picture(change: Change, which: str, name: str = "", content: bytes | None = None) -> UUID | None:
    """Put a picture on the letterhead, or take it away; returns the file's id.

    Args:
        which: `logo` or `seal`.
        content: a PNG or JPEG; None takes the picture away.

    Raises:
        UserError: it is no picture, or too large to be printed on every letter.
    """
    setting = PICTURES[which]
    before = getattr(change.settings, setting)
    picture = None if content is None else _kept(change, clean_name(name), content)
    change_settings(change, {setting: str(picture) if picture else ""})
    if before and change.reader.value("SELECT 1 FROM attachment WHERE id = ? AND deleted_at IS NULL", (UUID(before).bytes,)):
        change.delete(Attachment, [UUID(before)])
    change.note(about=name or None)
    return picture


def _kept(change: Change, name: str, content: bytes) -> UUID:
    if len(content) > LARGEST_PICTURE:
        raise UserError(tr("{name} is too large for a letterhead.", name=name), hint=tr("Choose a picture of less than {size} MB.", size=LARGEST_PICTURE >> 20))
    mime = "image/png" if content.startswith(b"\x89PNG\r\n\x1a\n") else "image/jpeg" if content.startswith(b"\xff\xd8\xff") else ""
    if not mime:
        raise UserError(tr("{name} is no picture that can be printed.", name=name), hint=tr("Choose a PNG or JPEG file."))
    read_picture(content)
    attachment = change.add(Attachment, name=name, mime=mime, target="setting", size=len(content), sha256=hashlib.sha256(content).hexdigest())
    change.flush()
    for position, start in enumerate(range(0, len(content), PIECE)):
        change.execute(
            "INSERT INTO attachment_piece(attachment_id, position, content) VALUES (?, ?, ?)", (attachment.id.bytes, position, content[start : start + PIECE])
        )
    return attachment.id


# -- own fields ------------------------------------------------------------------------------------------------------------------


@operation(mark("Add own field"), right="custom_field.write")
def add_field(change: Change, about: str, label: str, kind: str, options: Sequence[str] = (), required: bool = False) -> UUID:
    """Give an entity one more field.

    Args:
        kind: one of `CUSTOM_KINDS`. options: the choices of a choice field.

    Raises:
        UserError: without a label, a field of that name exists, or a choice without choices.
    """
    cls = entity_class(about)
    bare = label.strip()
    if not bare:
        raise UserError(tr("{label} is missing.", label=tr("Label")), field="label")
    if kind not in {choice.value for choice in CUSTOM_KINDS}:
        raise UserError(tr("“{text}” is not one of the choices.", text=kind), field="kind")
    chosen = [option.strip() for option in options if option.strip()]
    field = change.draft(CustomField)
    field.about, field.label, field.kind, field.options, field.required = cls.entity.name, bare, kind, ", ".join(chosen), required
    settle(change, field)
    change.keep(field)
    change.note(about=bare)
    return field.id


@operation(mark("Delete own field"), right="custom_field.write")
def delete_field(change: Change, field_id: UUID) -> None:
    """Take an own field away; its values stay in the history."""
    field = change.get(CustomField, field_id)
    change.note(about=field.label)
    change.delete(CustomField, [field_id])


# -- numbers ---------------------------------------------------------------------------------------------------------------------


@operation(mark("Change number series"), right="number_series.write")
def set_series(change: Change, entity: str, pattern: str, next_value: int) -> None:
    """Change how records of an entity are numbered; numbers that were given once are skipped."""
    series = series_of(change, entity)
    series.pattern, series.next_value = pattern.strip(), next_value
    change.note(about=tr(entity_class(entity).entity.label))


# -- working days ----------------------------------------------------------------------------------------------------------------


@operation(mark("Add holiday"), right="holiday.write")
def add_holiday(change: Change, on: date, name: str = "", hours: str = "") -> UUID:
    """Let nobody work on a day, or only at these hours; a second call for the same day changes name and hours."""
    from sqlalchemy import select

    known = change.find(Holiday, select(Holiday).where(Holiday.on == on, Holiday.deleted_at.is_(None)))
    if known:
        known.name, known.hours = name.strip() or None, hours.strip() or None
        change.note(about=known.name)
        return known.id
    holiday = change.add(Holiday, on=on, name=name.strip() or None, hours=hours.strip() or None)
    change.note(about=holiday.name)
    return holiday.id


@operation(mark("Delete holiday"), right="holiday.write")
def delete_holiday(change: Change, holiday_id: UUID) -> None:
    """Let people work on a day again."""
    holiday = change.get(Holiday, holiday_id)
    change.note(about=holiday.name)
    change.delete(Holiday, [holiday_id])


# -- service ---------------------------------------------------------------------------------------------------------------------


@operation(mark("Change service level"), right="service_level.write")
def set_level(change: Change, level_id: UUID | None, name: str, minutes: dict[str, int | None]) -> UUID:
    """Change a service level, or make one.

    Args:
        minutes: of working time by field, such as `urgent_first_reply_minutes`; None promises nothing.
    """
    if not name.strip():
        raise UserError(tr("{label} is missing.", label=tr("Name")), field="name")
    if any(value is not None and value < 0 for value in minutes.values()):
        raise UserError(tr("A promised time can't be negative."))
    level = change.get(ServiceLevel, level_id) if level_id else change.add(ServiceLevel, name=name.strip())
    level.name = name.strip()
    for field, value in minutes.items():
        if field not in ServiceLevel.fields:
            raise KeyError(field)
        setattr(level, field, value)
    change.note(about=level.name)
    return level.id


@operation(mark("Change queue"), right="queue.write")
def set_queue(change: Change, queue_id: UUID | None, name: str, service_level_id: UUID | None = None) -> UUID:
    """Change a queue, or make one."""
    if not name.strip():
        raise UserError(tr("{label} is missing.", label=tr("Name")), field="name")
    if queue_id:
        queue = change.get(Queue, queue_id)
    else:
        queue = change.add(Queue, name=name.strip(), position=change.reader.value("SELECT ifnull(max(position), 0) + 1 FROM queue WHERE deleted_at IS NULL"))
    queue.name, queue.service_level_id = name.strip(), service_level_id
    change.note(about=queue.name)
    return queue.id
