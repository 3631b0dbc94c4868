"""A step that adds a column and a table and fills them, as migrations do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    op.add_column("company", sa.Column("nickname", sa.TEXT()))
    op.execute("UPDATE current SET tx = 1")
    op.execute("UPDATE company SET nickname = upper(name)")
    op.execute("UPDATE current SET tx = NULL")
    op.create_table("pet", sa.Column("id", sa.BLOB(), primary_key=True), sa.Column("name", sa.TEXT()))
