"""A step that fails after it changed something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    op.add_column("company", sa.Column("nickname", sa.TEXT()))
    op.execute("INSERT INTO no_such_table VALUES (1)")
