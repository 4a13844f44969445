"""Bodies stay in their row, and PostgreSQL does not try to compress them: what is sealed cannot be.

Revision 0003, after 0002.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE delivery ALTER COLUMN body SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE delivery SET (toast_tuple_target = 8160)")


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE delivery RESET (toast_tuple_target)")
    op.execute("ALTER TABLE delivery ALTER COLUMN body SET STORAGE EXTENDED")
