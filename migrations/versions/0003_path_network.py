"""Know of every piece of the path network where it comes from, how long it is, what it succeeds, and who left it out.

Revision: 0003, after 0002.
"""

import itertools
import json
import math
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
EARTH_RADIUS_M = 6_371_008.8


def upgrade() -> None:
    with op.batch_alter_table("paths") as paths:
        paths.add_column(sa.Column("branches", Json, nullable=False, server_default="[]"))
        paths.add_column(sa.Column("length_m", sa.Float(), nullable=False, server_default="0"))
        paths.add_column(sa.Column("source", sa.String(length=16), nullable=False, server_default="register"))
        paths.add_column(sa.Column("origin", sa.String(length=64), nullable=False, server_default=""))
        paths.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
        paths.add_column(sa.Column("excluded_at", sa.DateTime(timezone=True), nullable=True))
        paths.add_column(sa.Column("excluded_by_id", sa.Uuid(), nullable=True))
        paths.create_foreign_key(op.f("fk_paths_excluded_by_id"), "users", ["excluded_by_id"], ["id"])
    _measure()
    with op.batch_alter_table("paths") as paths:
        for name in ("branches", "length_m", "source", "origin"):
            paths.alter_column(name, server_default=None)
    op.create_table(
        "path_successions",
        sa.Column("predecessor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("overlap_m", sa.Float(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["predecessor_id"], ["paths.id"], name=op.f("fk_path_successions_predecessor_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["paths.id"], name=op.f("fk_path_successions_successor_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_path_successions_tenant_id")),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", name=op.f("pk_path_successions")),
    )
    op.create_index("ix_path_successions_tenant_id_successor_id", "path_successions", ["tenant_id", "successor_id"])


def _measure() -> None:
    """Measure the pieces that are there already."""
    paths = sa.table("paths", sa.column("id"), sa.column("line", Json), sa.column("length_m"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(paths.c.id, paths.c.line)).all():
        length_m = _length_m(row.line if isinstance(row.line, list) else json.loads(row.line))
        connection.execute(paths.update().where(paths.c.id == row.id).values(length_m=length_m))


def _length_m(line: list[Any]) -> float:
    steps = itertools.pairwise(line)
    return round(math.fsum(_step_m(a, b) for a, b in steps), 2)


def _step_m(a: list[float], b: list[float]) -> float:
    k = math.cos(math.radians((a[1] + b[1]) / 2))
    return math.radians(math.hypot((b[0] - a[0]) * k, b[1] - a[1])) * EARTH_RADIUS_M


def downgrade() -> None:
    op.drop_index("ix_path_successions_tenant_id_successor_id", table_name="path_successions")
    op.drop_table("path_successions")
    with op.batch_alter_table("paths") as paths:
        paths.drop_constraint(op.f("fk_paths_excluded_by_id"), type_="foreignkey")
        for name in ("excluded_by_id", "excluded_at", "created_at", "origin", "source", "length_m", "branches"):
            paths.drop_column(name)
