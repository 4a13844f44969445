"""the first tables

Revision 0001, after .
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("shop_domain", sa.String(length=255), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("triggered_at", sa.String(length=40), nullable=False),
        sa.Column("api_version", sa.String(length=20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "source",
            "shop_domain",
            "topic",
            "external_id",
            name=op.f("uq_delivery_source_shop_domain_topic_external_id"),
        ),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_waiting", ["state", "id"], unique=False)

    op.create_table(
        "jobtrouble",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobtrouble")),
        sa.UniqueConstraint("root_id", name=op.f("uq_jobtrouble_root_id")),
    )
    with op.batch_alter_table("jobtrouble", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobtrouble_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("access_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("refresh_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renewing_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uninstalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("house", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("telephone_hours", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint("domain", name=op.f("uq_shop_domain")),
    )
    op.create_table(
        "workerbeat",
        sa.Column("slot", sa.String(length=200), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counters", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_workerbeat")),
    )
    op.create_table(
        "accesslog",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_accesslog_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesslog")),
    )
    with op.batch_alter_table("accesslog", schema=None) as batch_op:
        batch_op.create_index("ix_accesslog_at", ["at"], unique=False)
        batch_op.create_index("ix_accesslog_shop", ["shop_id", "id"], unique=False)

    op.create_table(
        "boutique",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("location_gid", sa.String(length=100), nullable=True),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_boutique_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boutique")),
        sa.UniqueConstraint("shop_id", "location_gid", name=op.f("uq_boutique_shop_id_location_gid")),
    )
    with op.batch_alter_table("boutique", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_boutique_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "consultpolicy",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before", sa.Integer(), nullable=False),
        sa.Column("buffer_after", sa.Integer(), nullable=False),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=False),
        sa.Column("join_before_minutes", sa.Integer(), nullable=False),
        sa.Column("join_after_minutes", sa.Integer(), nullable=False),
        sa.Column("answer_within_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_consultpolicy_shop_id_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_consultpolicy")),
    )
    op.create_table(
        "datarequest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("client_gid", sa.String(length=100), nullable=False),
        sa.Column("order_gids", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(length=100), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_datarequest_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datarequest")),
        sa.UniqueConstraint(
            "shop_id", "request_id", "client_gid", name=op.f("uq_datarequest_shop_id_request_id_client_gid")
        ),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("return_gid", sa.String(length=100), nullable=False),
        sa.Column("order_gid", sa.String(length=100), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("advisor_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_decision_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("shop_id", "return_gid", name=op.f("uq_decision_shop_id_return_gid")),
    )
    op.create_table(
        "desksession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("advisor_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_desksession_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desksession")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_desksession_token_hash")),
    )
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_link_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_link_token_hash")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index("ix_link_subject", ["shop_id", "purpose", "subject_id"], unique=False)

    op.create_table(
        "logisticspolicy",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("pay_without_click", sa.Boolean(), nullable=False),
        sa.Column("receiving_name", sa.Text(), nullable=False),
        sa.Column("receiving_street1", sa.Text(), nullable=False),
        sa.Column("receiving_street2", sa.Text(), nullable=False),
        sa.Column("receiving_city", sa.Text(), nullable=False),
        sa.Column("receiving_region", sa.Text(), nullable=False),
        sa.Column("receiving_postal_code", sa.Text(), nullable=False),
        sa.Column("receiving_country", sa.String(length=2), nullable=False),
        sa.Column("receiving_phone", sa.Text(), nullable=False),
        sa.Column("restock_location_gid", sa.Text(), nullable=False),
        sa.Column("parcel_grams", sa.Integer(), nullable=False),
        sa.Column("refund_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_logisticspolicy_shop_id_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_logisticspolicy")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attachments", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("provider_id", sa.String(length=100), nullable=True),
        sa.Column("status_rank", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_message_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("shop_id", "key", "channel", name=op.f("uq_message_shop_id_key_channel")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_provider_id"), ["provider_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "openedreturn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("order_gid", sa.String(length=100), nullable=False),
        sa.Column("order_name", sa.String(length=60), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("reason_gid", sa.String(length=100), nullable=False),
        sa.Column("advisor_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_gid", sa.String(length=100), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_openedreturn_shop_id_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openedreturn")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_openedreturn_shop_id_key")),
        sa.UniqueConstraint("shop_id", "return_gid", name=op.f("uq_openedreturn_shop_id_return_gid")),
    )
    with op.batch_alter_table("openedreturn", schema=None) as batch_op:
        batch_op.create_index("ix_openedreturn_order", ["shop_id", "order_gid"], unique=False)

    op.create_table(
        "orderevidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("order_gid", sa.String(length=100), nullable=False),
        sa.Column("order_name", sa.String(length=60), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("staff_gid", sa.String(length=100), nullable=True),
        sa.Column("location_gid", sa.String(length=100), nullable=True),
        sa.Column("seen_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_orderevidence_shop_id_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orderevidence")),
        sa.UniqueConstraint("shop_id", "order_gid", name=op.f("uq_orderevidence_shop_id_order_gid")),
    )
    op.create_table(
        "rma",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("return_gid", sa.String(length=120), nullable=False),
        sa.Column("order_gid", sa.String(length=120), nullable=False),
        sa.Column("order_name", sa.String(length=60), nullable=False),
        sa.Column("assisted", sa.Boolean(), nullable=False),
        sa.Column("goods_state", sa.String(length=40), nullable=False),
        sa.Column("judgement_state", sa.String(length=40), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("presentment_currency", sa.String(length=3), nullable=False),
        sa.Column("client_gid", sa.String(length=120), nullable=False),
        sa.Column("client_title", sa.Text(), nullable=False),
        sa.Column("client_name", sa.Text(), nullable=False),
        sa.Column("client_email", sa.Text(), nullable=False),
        sa.Column("client_phone", sa.Text(), nullable=False),
        sa.Column("client_locale", sa.String(length=20), nullable=False),
        sa.Column("sender_address", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_rma_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rma")),
        sa.UniqueConstraint("shop_id", "number", name=op.f("uq_rma_shop_id_number")),
        sa.UniqueConstraint("shop_id", "return_gid", name=op.f("uq_rma_shop_id_return_gid")),
    )
    with op.batch_alter_table("rma", schema=None) as batch_op:
        batch_op.create_index("ix_rma_client", ["shop_id", "client_gid"], unique=False)
        batch_op.create_index(batch_op.f("ix_rma_order_gid"), ["order_gid"], unique=False)
        batch_op.create_index("ix_rma_shop_state", ["shop_id", "goods_state"], unique=False)

    op.create_table(
        "routingpolicy",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("limit_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("default_advisor_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_routingpolicy_shop_id_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_routingpolicy")),
    )
    op.create_table(
        "sweep",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("swept_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wide_on", sa.Date(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_sweep_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_sweep")),
    )
    op.create_table(
        "advisor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("staff_gid", sa.String(length=100), nullable=True),
        sa.Column("boutique_id", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("languages", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["boutique_id"], ["boutique.id"], name=op.f("fk_advisor_boutique_id_boutique"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_advisor_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advisor")),
        sa.UniqueConstraint("shop_id", "staff_gid", name=op.f("uq_advisor_shop_id_staff_gid")),
    )
    with op.batch_alter_table("advisor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_advisor_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rma_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("inspected_by", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restock", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["rma_id"], ["rma.id"], name=op.f("fk_inspection_rma_id_rma"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_inspection_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("rma_id", name=op.f("uq_inspection_rma_id")),
    )
    op.create_table(
        "lineevidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("line_gid", sa.String(length=100), nullable=False),
        sa.Column("staff_gid", sa.String(length=100), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["orderevidence.id"],
            name=op.f("fk_lineevidence_evidence_id_orderevidence"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_lineevidence_shop_id_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineevidence")),
        sa.UniqueConstraint(
            "evidence_id", "line_gid", "staff_gid", name=op.f("uq_lineevidence_evidence_id_line_gid_staff_gid")
        ),
    )
    with op.batch_alter_table("lineevidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lineevidence_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "parcel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rma_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("rfo_gid", sa.String(length=120), nullable=False),
        sa.Column("carrier", sa.String(length=60), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("provider_shipment_id", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("tracking_code", sa.String(length=120), nullable=True),
        sa.Column("tracking_url", sa.Text(), nullable=False),
        sa.Column("label_url", sa.Text(), nullable=False),
        sa.Column("need_cents", sa.BigInteger(), nullable=False),
        sa.Column("cover_cents", sa.BigInteger(), nullable=True),
        sa.Column("cover_currency", sa.String(length=3), nullable=False),
        sa.Column("cover_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cover_short_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attaching_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverse_delivery_gid", sa.String(length=120), nullable=False),
        sa.Column("scan_status", sa.String(length=40), nullable=False),
        sa.Column("last_scan_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["rma_id"], ["rma.id"], name=op.f("fk_parcel_rma_id_rma"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_parcel_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
        sa.UniqueConstraint("reference", name=op.f("uq_parcel_reference")),
        sa.UniqueConstraint("rma_id", "rfo_gid", name=op.f("uq_parcel_rma_id_rfo_gid")),
        sa.UniqueConstraint("tracking_code", name=op.f("uq_parcel_tracking_code")),
    )
    op.create_table(
        "rmaline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rma_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("return_line_gid", sa.String(length=120), nullable=False),
        sa.Column("fulfillment_line_gid", sa.String(length=120), nullable=False),
        sa.Column("line_gid", sa.String(length=120), nullable=False),
        sa.Column("rfo_line_gid", sa.String(length=120), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason_label", sa.Text(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["rma_id"], ["rma.id"], name=op.f("fk_rmaline_rma_id_rma"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_rmaline_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rmaline")),
        sa.UniqueConstraint("rma_id", "return_line_gid", name=op.f("uq_rmaline_rma_id_return_line_gid")),
    )
    op.create_table(
        "rmastep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rma_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=False),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["rma_id"], ["rma.id"], name=op.f("fk_rmastep_rma_id_rma"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_rmastep_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rmastep")),
    )
    with op.batch_alter_table("rmastep", schema=None) as batch_op:
        batch_op.create_index("ix_rmastep_rma", ["rma_id", "id"], unique=False)

    op.create_table(
        "settlement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rma_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("transactions", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=120), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund_gid", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["rma_id"], ["rma.id"], name=op.f("fk_settlement_rma_id_rma"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_settlement_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("rma_id", "batch", name=op.f("uq_settlement_rma_id_batch")),
    )
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_shop_id"), ["shop_id"], unique=False)
        batch_op.create_index(
            "uq_settlement_open",
            ["rma_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('proposed', 'approved', 'sending', 'unsettled')"),
            postgresql_where=sa.text("state IN ('proposed', 'approved', 'sending', 'unsettled')"),
        )

    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("return_gid", sa.String(length=100), nullable=False),
        sa.Column("order_gid", sa.String(length=100), nullable=False),
        sa.Column("order_name", sa.String(length=100), nullable=False),
        sa.Column("advisor_id", sa.Integer(), nullable=False),
        sa.Column("seller_words", sa.Text(), nullable=False),
        sa.Column("sold_by_advisor", sa.Boolean(), nullable=False),
        sa.Column("client_gid", sa.String(length=100), nullable=True),
        sa.Column("client_name", sa.Text(), nullable=True),
        sa.Column("client_title", sa.String(length=20), nullable=False),
        sa.Column("client_email", sa.Text(), nullable=True),
        sa.Column("client_phone", sa.Text(), nullable=True),
        sa.Column("client_texts_ok", sa.Boolean(), nullable=False),
        sa.Column("client_locale", sa.String(length=20), nullable=False),
        sa.Column("client_zone", sa.String(length=64), nullable=False),
        sa.Column("piece_title", sa.Text(), nullable=False),
        sa.Column("piece_image", sa.Text(), nullable=False),
        sa.Column("piece_detail", sa.Text(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("client_words", sa.Text(), nullable=True),
        sa.Column("reason_label", sa.Text(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answer_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("root_cause", sa.String(length=40), nullable=True),
        sa.Column("client_quote", sa.Text(), nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parcel_done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["advisor_id"], ["advisor.id"], name=op.f("fk_case_advisor_id_advisor")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_case_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("shop_id", "return_gid", name=op.f("uq_case_shop_id_return_gid")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index("ix_case_advisor", ["shop_id", "advisor_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_client_gid"), ["client_gid"], unique=False)

    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcel.id"], name=op.f("fk_scan_parcel_id_parcel"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_scan_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("event_id", name=op.f("uq_scan_event_id")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_parcel_id"), ["parcel_id"], unique=False)

    op.create_table(
        "timeoff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("advisor_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["advisor_id"], ["advisor.id"], name=op.f("fk_timeoff_advisor_id_advisor"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_timeoff_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeoff")),
    )
    with op.batch_alter_table("timeoff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timeoff_advisor_id"), ["advisor_id"], unique=False)

    op.create_table(
        "workinghours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("advisor_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advisor_id"], ["advisor.id"], name=op.f("fk_workinghours_advisor_id_advisor"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_workinghours_shop_id_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workinghours")),
        sa.UniqueConstraint(
            "advisor_id", "weekday", "start_minute", name=op.f("uq_workinghours_advisor_id_weekday_start_minute")
        ),
    )
    op.create_table(
        "caseevent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_caseevent_case_id_case"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_caseevent_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseevent")),
    )
    with op.batch_alter_table("caseevent", schema=None) as batch_op:
        batch_op.create_index("ix_case_event_case", ["case_id", "id"], unique=False)

    op.create_table(
        "consult",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("advisor_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_zone", sa.String(length=64), nullable=False),
        sa.Column("advisor_zone", sa.String(length=64), nullable=False),
        sa.Column("label_client", sa.Text(), nullable=False),
        sa.Column("label_advisor", sa.Text(), nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["advisor_id"], ["advisor.id"], name=op.f("fk_consult_advisor_id_advisor")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_consult_case_id_case"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_consult_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_consult_idempotency_key")),
    )
    with op.batch_alter_table("consult", schema=None) as batch_op:
        batch_op.create_index("ix_consult_advisor", ["advisor_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_consult_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consult_shop_id"), ["shop_id"], unique=False)
        batch_op.create_index("ix_consult_state", ["state", "ends_at"], unique=False)
        batch_op.create_index(
            "uq_consult_live_case",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('held', 'booked', 'in_session')"),
            postgresql_where=sa.text("state IN ('held', 'booked', 'in_session')"),
        )

    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_advisor_id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_promise_case_id_case"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_advisor_id"], ["advisor.id"], name=op.f("fk_promise_owner_advisor_id_advisor")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_promise_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_case_id"), ["case_id"], unique=False)

    op.create_table(
        "participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("consult_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sitting", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_participant_consult_id_consult"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_participant_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participant_consult_id"), ["consult_id"], unique=False)
        batch_op.create_index(
            "uq_participant_one",
            ["consult_id", "role"],
            unique=True,
            sqlite_where=sa.text("role <> 'guest'"),
            postgresql_where=sa.text("role <> 'guest'"),
        )

    op.create_table(
        "slotcell",
        sa.Column("advisor_id", sa.Integer(), nullable=False),
        sa.Column("at_epoch", sa.BigInteger(), nullable=False),
        sa.Column("consult_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advisor_id"], ["advisor.id"], name=op.f("fk_slotcell_advisor_id_advisor"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_slotcell_consult_id_consult"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_slotcell_shop_id_shop"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("advisor_id", "at_epoch", name=op.f("pk_slotcell")),
    )
    with op.batch_alter_table("slotcell", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slotcell_consult_id"), ["consult_id"], unique=False)

    op.create_table(
        "signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("consult_id", sa.Integer(), nullable=False),
        sa.Column("from_participant", sa.Integer(), nullable=False),
        sa.Column("to_participant", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_signal_consult_id_consult"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_participant"],
            ["participant.id"],
            name=op.f("fk_signal_from_participant_participant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_signal_shop_id_shop"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["to_participant"],
            ["participant.id"],
            name=op.f("fk_signal_to_participant_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
    )
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.create_index("ix_signal_to", ["consult_id", "to_participant", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.drop_index("ix_signal_to")

    op.drop_table("signal")
    with op.batch_alter_table("slotcell", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slotcell_consult_id"))

    op.drop_table("slotcell")
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_participant_one", sqlite_where=sa.text("role <> 'guest'"), postgresql_where=sa.text("role <> 'guest'")
        )
        batch_op.drop_index(batch_op.f("ix_participant_consult_id"))

    op.drop_table("participant")
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_case_id"))

    op.drop_table("promise")
    with op.batch_alter_table("consult", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_consult_live_case",
            sqlite_where=sa.text("state IN ('held', 'booked', 'in_session')"),
            postgresql_where=sa.text("state IN ('held', 'booked', 'in_session')"),
        )
        batch_op.drop_index("ix_consult_state")
        batch_op.drop_index(batch_op.f("ix_consult_shop_id"))
        batch_op.drop_index(batch_op.f("ix_consult_case_id"))
        batch_op.drop_index("ix_consult_advisor")

    op.drop_table("consult")
    with op.batch_alter_table("caseevent", schema=None) as batch_op:
        batch_op.drop_index("ix_case_event_case")

    op.drop_table("caseevent")
    op.drop_table("workinghours")
    with op.batch_alter_table("timeoff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timeoff_advisor_id"))

    op.drop_table("timeoff")
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_parcel_id"))

    op.drop_table("scan")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_client_gid"))
        batch_op.drop_index("ix_case_advisor")

    op.drop_table("case")
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_settlement_open",
            sqlite_where=sa.text("state IN ('proposed', 'approved', 'sending', 'unsettled')"),
            postgresql_where=sa.text("state IN ('proposed', 'approved', 'sending', 'unsettled')"),
        )
        batch_op.drop_index(batch_op.f("ix_settlement_shop_id"))

    op.drop_table("settlement")
    with op.batch_alter_table("rmastep", schema=None) as batch_op:
        batch_op.drop_index("ix_rmastep_rma")

    op.drop_table("rmastep")
    op.drop_table("rmaline")
    op.drop_table("parcel")
    with op.batch_alter_table("lineevidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lineevidence_evidence_id"))

    op.drop_table("lineevidence")
    op.drop_table("inspection")
    with op.batch_alter_table("advisor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_advisor_shop_id"))

    op.drop_table("advisor")
    op.drop_table("sweep")
    op.drop_table("routingpolicy")
    with op.batch_alter_table("rma", schema=None) as batch_op:
        batch_op.drop_index("ix_rma_shop_state")
        batch_op.drop_index(batch_op.f("ix_rma_order_gid"))
        batch_op.drop_index("ix_rma_client")

    op.drop_table("rma")
    op.drop_table("orderevidence")
    with op.batch_alter_table("openedreturn", schema=None) as batch_op:
        batch_op.drop_index("ix_openedreturn_order")

    op.drop_table("openedreturn")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_shop_id"))
        batch_op.drop_index(batch_op.f("ix_message_provider_id"))

    op.drop_table("message")
    op.drop_table("logisticspolicy")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index("ix_link_subject")

    op.drop_table("link")
    op.drop_table("desksession")
    op.drop_table("decision")
    op.drop_table("datarequest")
    op.drop_table("consultpolicy")
    with op.batch_alter_table("boutique", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_boutique_shop_id"))

    op.drop_table("boutique")
    with op.batch_alter_table("accesslog", schema=None) as batch_op:
        batch_op.drop_index("ix_accesslog_shop")
        batch_op.drop_index("ix_accesslog_at")

    op.drop_table("accesslog")
    op.drop_table("workerbeat")
    op.drop_table("shop")
    with op.batch_alter_table("jobtrouble", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobtrouble_shop_id"))

    op.drop_table("jobtrouble")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_waiting")

    op.drop_table("delivery")
