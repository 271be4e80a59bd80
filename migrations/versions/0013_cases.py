"""Let cases go on: each step kept, a clock by severity, who mends which trades, what goes to maintenance without review.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
LIVING = sa.text("status <> 'ateroppnad'")


def upgrade() -> None:
    _change_cases()
    with op.batch_alter_table("categories") as categories:
        categories.add_column(sa.Column("is_direct", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE categories SET is_direct = (kind = 'D' AND severity >= 3)")
    with op.batch_alter_table("categories") as categories:
        categories.alter_column("is_direct", server_default=None)
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("trades", Json, nullable=False, server_default=sa.text("'[]'")))
    with op.batch_alter_table("users") as users:
        users.alter_column("trades", server_default=None)
    _make_tables()


def _change_cases() -> None:
    op.drop_index("uq_cases_tenant_id_observation_id", table_name="cases")
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("zone_id", sa.Uuid(), nullable=True))
        cases.add_column(sa.Column("category_code", sa.String(length=8), nullable=False, server_default=""))
        cases.add_column(sa.Column("severity", sa.Integer(), nullable=False, server_default="1"))
        cases.add_column(sa.Column("duplicate_of_id", sa.Uuid(), nullable=True))
        cases.add_column(sa.Column("reopens_id", sa.Uuid(), nullable=True))
        cases.add_column(sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True))
        cases.add_column(sa.Column("mend_minutes", sa.Integer(), nullable=True))
        cases.add_column(sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
        cases.create_foreign_key(op.f("fk_cases_zone_id"), "zones", ["zone_id"], ["id"])
        cases.create_foreign_key(op.f("fk_cases_duplicate_of_id"), "cases", ["duplicate_of_id"], ["id"])
        cases.create_foreign_key(op.f("fk_cases_reopens_id"), "cases", ["reopens_id"], ["id"])
    for name in ("zone_id", "category_code", "severity"):
        op.execute(
            f"UPDATE cases SET {name} ="  # noqa: S608 - names of columns
            f" (SELECT observations.{name} FROM observations WHERE observations.id = cases.observation_id)"
        )
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("category_code", server_default=None)
        cases.alter_column("severity", server_default=None)
    op.create_index(
        "uq_cases_tenant_id_observation_id",
        "cases",
        ["tenant_id", "observation_id"],
        unique=True,
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )


def _make_tables() -> None:
    op.create_table(
        "case_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("from_status", sa.String(length=16), nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("by_role", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(user_id IS NULL) = (rule <> '')", name=op.f("ck_case_events_who")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_events_user_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_case_events_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
    )
    op.create_index(
        "uq_case_events_tenant_id_case_id_number", "case_events", ["tenant_id", "case_id", "number"], unique=True
    )
    op.create_table(
        "case_clocks",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_case_clocks_severity")),
        sa.CheckConstraint("hours BETWEEN 1 AND 2160", name=op.f("ck_case_clocks_hours")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_case_clocks_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "severity", name=op.f("pk_case_clocks")),
    )


def downgrade() -> None:
    op.drop_table("case_clocks")
    op.drop_index("uq_case_events_tenant_id_case_id_number", table_name="case_events")
    op.drop_table("case_events")
    with op.batch_alter_table("users") as users:
        users.drop_column("trades")
    with op.batch_alter_table("categories") as categories:
        categories.drop_column("is_direct")
    op.drop_index("uq_cases_tenant_id_observation_id", table_name="cases")
    with op.batch_alter_table("cases") as cases:
        for name in ("zone_id", "duplicate_of_id", "reopens_id"):
            cases.drop_constraint(op.f(f"fk_cases_{name}"), type_="foreignkey")
    with op.batch_alter_table("cases") as cases:
        for name in (
            "zone_id",
            "category_code",
            "severity",
            "duplicate_of_id",
            "reopens_id",
            "mended_at",
            "mend_minutes",
            "verified_at",
        ):
            cases.drop_column(name)
    op.execute("DELETE FROM cases WHERE status = 'ateroppnad'")  # an observation had one case
    op.create_index("uq_cases_tenant_id_observation_id", "cases", ["tenant_id", "observation_id"], unique=True)
