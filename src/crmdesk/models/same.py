"""What is known of records that are, or are not, one and the same: merged ones, and lookalikes that somebody told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Record, stored

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped


class MergedRecord(Record):
    """That a record lies in the bin because it was merged into another; `source` and `external_id` are those of the record that went.

    The records are named by the hex of their ids, since they may be of any entity.
    """

    entity = Entity("merged_record", mark("Merged record"), mark("Merged records"), 48, icon="merge", title="about")

    about: Mapped[str | None] = stored("text", mark("Entity"), required=True)
    gone: Mapped[str | None] = stored("text", mark("Merged record"), required=True, index=True)
    kept: Mapped[str | None] = stored("text", mark("Kept record"), required=True, index=True)


class NotSame(Record):
    """That two records which look alike are not the same; its id comes from both, so that two computers make the same one."""

    entity = Entity("not_same", mark("Not the same"), mark("Not the same"), 49, icon="split", title="about")

    about: Mapped[str | None] = stored("text", mark("Entity"), required=True, index=True)
    first: Mapped[str | None] = stored("text", mark("Record"), required=True, index=True)
    second: Mapped[str | None] = stored("text", mark("Other record"), required=True, index=True)
