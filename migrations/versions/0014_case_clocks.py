"""Keep what lists and figures of cases are made of in indices; working time, who is told of clocks that ran out, and what of.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LIST = ["tenant_id", "status", "case_no", "category_code", "zone_id", "severity", "due_at", "opened_at"]
FIGURES = ["tenant_id", "opened_at", "category_code", "zone_id", "status", "due_at", "mended_at", "mend_minutes"]
INDICES = (
    ("ix_cases_duplicate_of_id", "cases", ["duplicate_of_id"], "duplicate_of_id IS NOT NULL"),
    ("ix_cases_reopens_id", "cases", ["reopens_id"], "reopens_id IS NOT NULL"),
    ("ix_case_notices_unseen", "case_notices", ["tenant_id", "user_id"], "seen_at IS NULL"),
)


def upgrade() -> None:
    op.drop_index("ix_cases_tenant_id_status", table_name="cases")
    op.create_index("ix_cases_list", "cases", LIST)
    op.create_index("ix_cases_figures", "cases", FIGURES)
    op.add_column("case_clocks", sa.Column("is_working_time", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("case_clocks") as clocks:
        clocks.alter_column("is_working_time", server_default=None)
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    _table(
        "work_weeks",
        [],
        sa.Column("weekdays", json, nullable=False),
        sa.Column("from_min", sa.Integer(), nullable=False),
        sa.Column("to_min", sa.Integer(), nullable=False),
        sa.Column("days_off", json, nullable=False),
        sa.CheckConstraint(
            "from_min >= 0 AND to_min <= 1440 AND to_min - from_min >= 60", name=op.f("ck_work_weeks_hours")
        ),
    )
    _table(
        "case_escalations",
        [("user_id", "users.id")],
        sa.Column("after_hours", sa.Integer(), nullable=False),
        sa.CheckConstraint("after_hours BETWEEN 0 AND 720", name=op.f("ck_case_escalations_after_hours")),
    )
    _table(
        "case_notices",
        [("user_id", "users.id"), ("case_id", "cases.id")],
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
    )
    for name, table, columns, where in INDICES:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _table(name: str, keys: list[tuple[str, str]], *rest: sa.schema.SchemaItem) -> None:
    """Make a table whose key begins with its tenant and goes on with what else `keys` refer to."""
    named = [("tenant_id", "organisations.id"), *keys]
    own = [item for item in rest if not (isinstance(item, sa.Column) and item.primary_key)]
    extra = [item for item in rest if isinstance(item, sa.Column) and item.primary_key]
    op.create_table(
        name,
        *(sa.Column(column, sa.Uuid(), nullable=False) for column, _of in named),
        *(sa.Column(column.name, column.type, nullable=False) for column in extra),
        *own,
        *(sa.ForeignKeyConstraint([column], [of], name=op.f(f"fk_{name}_{column}")) for column, of in named),
        sa.PrimaryKeyConstraint(
            *(column for column, _of in named), *(column.name for column in extra), name=op.f(f"pk_{name}")
        ),
    )


def downgrade() -> None:
    for name, table, _columns, _where in reversed(INDICES):
        op.drop_index(name, table_name=table)
    for name in ("case_notices", "case_escalations", "work_weeks"):
        op.drop_table(name)
    with op.batch_alter_table("case_clocks") as clocks:
        clocks.drop_column("is_working_time")
    op.drop_index("ix_cases_figures", table_name="cases")
    op.drop_index("ix_cases_list", table_name="cases")
    op.create_index("ix_cases_tenant_id_status", "cases", ["tenant_id", "status"])
