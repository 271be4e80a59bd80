"""Know of a place of a register which house of a map it is.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("places") as places:
        places.add_column(sa.Column("map_ref", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("places") as places:
        places.drop_column("map_ref")
