"""The sentence by which a client may be texted, where they agreed while asking for a return

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("askedreturn", schema=None) as batch_op:
        batch_op.add_column(sa.Column("texts_words", sa.String(length=300), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("askedreturn", schema=None) as batch_op:
        batch_op.drop_column("texts_words")
