"""Know of a piece of the path network why it was left out.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("paths") as paths:
        paths.add_column(sa.Column("excluded_reason", sa.String(length=200), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("paths") as paths:
        paths.drop_column("excluded_reason")
