"""Keep what receivers say of their orders, what their words mean, when they are asked, and how they sign.

Revision: 0017, after 0016.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "status_words",
        *_receivers_own("status_words", sa.Column("word", sa.String(length=64), nullable=False)),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('bekraftad', 'pagar', 'atgardad', 'avvisad', '-')", name=op.f("ck_status_words_status")
        ),
    )
    _make_received_statuses()
    op.create_table(
        "receiver_polls",
        *_receivers_own("receiver_polls"),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
    )
    op.create_table(
        "inbound_secrets",
        *_receivers_own("inbound_secrets"),
        sa.Column("address", sa.String(length=43), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("former_secret", sa.Text(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.UniqueConstraint("address", name=op.f("uq_inbound_secrets_address")),
    )
    op.create_table(
        "inbound_calls",
        *_receivers_own("inbound_calls", sa.Column("key", sa.String(length=64), nullable=False)),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )


def _receivers_own(table: str, *key: sa.Column[Any]) -> list[SchemaItem]:
    """Return the columns and constraints of a table whose rows are a receiver's, by its id and what else is in the key."""
    names = ["tenant_id", "receiver_id", *(column.name for column in key)]
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        *key,
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["receivers.id"], name=op.f(f"fk_{table}_receiver_id")),
        sa.PrimaryKeyConstraint(*names, name=op.f(f"pk_{table}")),
    ]


def _make_received_statuses() -> None:
    op.create_table(
        "received_statuses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.Integer(), nullable=True),
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("source IN ('poll', 'webhook', 'file')", name=op.f("ck_received_statuses_source")),
        sa.CheckConstraint(
            "outcome IN ('applied', 'same', 'nothing', 'late', 'unknown', 'refused', 'stray')",
            name=op.f("ck_received_statuses_outcome"),
        ),
        sa.ForeignKeyConstraint(["receiver_id"], ["receivers.id"], name=op.f("fk_received_statuses_receiver_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_received_statuses_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_received_statuses_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_statuses")),
    )
    op.create_index(
        "uq_received_statuses_tenant_id_receiver_id_key",
        "received_statuses",
        ["tenant_id", "receiver_id", "key"],
        unique=True,
    )
    for columns in (["case_id"], ["receiver_id", "id"], ["receiver_id", "outcome", "word"]):
        op.create_index(
            f"ix_received_statuses_tenant_id_{'_'.join(columns)}", "received_statuses", ["tenant_id", *columns]
        )


def downgrade() -> None:
    for table in ("inbound_calls", "inbound_secrets", "receiver_polls", "received_statuses", "status_words"):
        op.drop_table(table)
