"""Keep what was seen of each round, what is counted of that, and the clocks of pieces; know which rounds are one walk.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SOURCE = "source IN ('walked', 'present', 'check', 'qr', 'nfc', 'told')"
PART = "part IN ('morning', 'afternoon', 'evening', 'night')"
NEW = ("path_clocks", "coverage_days", "walk_days", "coverage_targets", "round_coverage", "place_bins", "piece_bins")


def upgrade() -> None:
    _say_which_rounds_are_one_walk()
    with op.batch_alter_table("track_segments") as segments:
        segments.add_column(sa.Column("folded_by", sa.Integer(), nullable=True))
        segments.add_column(sa.Column("heard", Json, nullable=True))
    unfolded = sa.text("folded_by IS NULL AND columns IS NOT NULL")
    op.create_index(
        "ix_track_segments_unfolded", "track_segments", ["tenant_id"], sqlite_where=unfolded, postgresql_where=unfolded
    )
    with op.batch_alter_table("place_clocks") as clocks:
        clocks.add_column(sa.Column("closed_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE place_clocks SET closed_seen_at = last_seen_at")
    _bins("piece_bins", "path_id", "paths")
    _bins("place_bins", "place_id", "places")
    _counted()
    _clocks()


def _say_which_rounds_are_one_walk() -> None:
    op.add_column("rounds", sa.Column("walk_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE rounds SET walk_id = id")
    with op.batch_alter_table("rounds") as rounds:
        rounds.alter_column("walk_id", existing_type=sa.Uuid(), nullable=False)
    op.create_index("ix_rounds_tenant_id_walk_id", "rounds", ["tenant_id", "walk_id"])


def _tenant(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f(f"fk_{table}_tenant_id")),
    ]


def _bins(table: str, target: str, of: str) -> None:
    op.create_table(
        table,
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column(target, sa.Uuid(), nullable=False),
        sa.Column("bin", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("engine", sa.Integer(), nullable=False),
        *_tenant(table),
        sa.CheckConstraint(SOURCE, name=op.f(f"ck_{table}_source")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f(f"fk_{table}_round_id")),
        sa.ForeignKeyConstraint([target], [f"{of}.id"], name=op.f(f"fk_{table}_{target}")),
        sa.PrimaryKeyConstraint("round_id", target, "bin", "source", name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )


def _counted() -> None:
    op.create_table(
        "round_coverage",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("counted_walk_id", sa.Uuid(), nullable=True),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        *_tenant("round_coverage"),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_coverage_round_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_round_coverage")),
    )
    op.create_table(
        "coverage_targets",
        # The key's columns first: SQLite up to 3.40 finds NULLs in a table without row ids that has them elsewhere.
        *_tenant("coverage_targets"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('piece', 'place')", name=op.f("ck_coverage_targets_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "number", name=op.f("pk_coverage_targets")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_coverage_targets_tenant_id_target_id", "coverage_targets", ["tenant_id", "target_id"], unique=True
    )
    _packed("walk_days", "walk_id")
    op.create_index("ix_walk_days_tenant_id_day", "walk_days", ["tenant_id", "day"])
    _packed("coverage_days", None)


def _packed(table: str, of: str | None) -> None:
    op.create_table(
        table,
        *([sa.Column(of, sa.Uuid(), nullable=False)] if of else []),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.String(length=9), nullable=False),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("unknown", sa.LargeBinary(), nullable=False),
        *_tenant(table),
        sa.CheckConstraint(PART, name=op.f(f"ck_{table}_part")),
        sa.PrimaryKeyConstraint(of or "tenant_id", "day", "part", name=op.f(f"pk_{table}")),
    )


def _clocks() -> None:
    op.create_table(
        "path_clocks",
        sa.Column("path_id", sa.Uuid(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_inherited", sa.Boolean(), nullable=False),
        *_tenant("path_clocks"),
        sa.ForeignKeyConstraint(["path_id"], ["paths.id"], name=op.f("fk_path_clocks_path_id")),
        sa.PrimaryKeyConstraint("tenant_id", "path_id", name=op.f("pk_path_clocks")),
    )


def downgrade() -> None:
    for table in NEW:
        op.drop_table(table)
    with op.batch_alter_table("place_clocks") as clocks:
        clocks.drop_column("closed_seen_at")
    op.drop_index("ix_track_segments_unfolded", table_name="track_segments")
    with op.batch_alter_table("track_segments") as segments:
        segments.drop_column("heard")
        segments.drop_column("folded_by")
    op.drop_index("ix_rounds_tenant_id_walk_id", table_name="rounds")
    with op.batch_alter_table("rounds") as rounds:
        rounds.drop_column("walk_id")
