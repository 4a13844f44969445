"""What was written to a client, shown or erased when Shopify asks. Recipients are sealed: rows are read singly."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlmodel import Session, col, select

from notifications import codes, consents, texts
from notifications.messages import attachments_of
from notifications.models import Message
from notifications.states import MessageState as S

SETTLED = (S.SENT, S.DELIVERED)


def show_client(
    session: Session, *, shop_id: int, addresses: Collection[str], keys: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Messages to the client's own addresses, as plain JSON values. What advisors were told is not the client's."""
    agreed = consents.proofs(session, shop_id=shop_id, addresses=addresses)
    proofs: list[dict[str, Any]] = [
        {
            "agreed_to": row.words,
            "by": row.channel,
            "address": row.address,
            "given_at": row.given_at.isoformat(),
            "how": row.how,
            "ended_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
        }
        for row in agreed
    ]
    came = texts.from_numbers(session, shop_id=shop_id, numbers=addresses)
    heard = [{"by": t.channel, "from": t.sender, "text": t.body, "received_at": t.at.isoformat()} for t in came]
    return [*proofs, *heard] + [
        {
            "message": message.name,
            "by": message.channel,
            "to": message.recipient,
            "subject": message.subject,
            "text": message.body,
            "files": [attachment.filename for attachment in attachments_of(message)],
            "state": message.state.value,
            "written_at": message.created_at.isoformat(),
        }
        for message in _messages(session, shop_id, addresses, keys)
        if message.recipient in addresses
    ]


def erase_client(session: Session, *, shop_id: int, addresses: Collection[str], keys: tuple[str, ...]) -> list[str]:
    """Blank messages to the client's addresses, and those about their case to anybody; their ids at the provider.

    That one was sent stays. One that was not is never sent any more.
    """
    provider_ids = []
    for message in list(_messages(session, shop_id, addresses, keys)):
        message.recipient = message.subject = message.body = message.error = ""
        message.attachments = message.variables = None
        if message.state not in SETTLED:
            message.state = S.ERASED
        session.add(message)
        if message.provider_id:
            provider_ids.append(message.provider_id)
    for proof in consents.proofs(session, shop_id=shop_id, addresses=addresses):
        session.delete(proof)
    codes.erase_of(session, shop_id=shop_id, addresses=addresses)
    return [*provider_ids, *texts.erase_from(session, shop_id=shop_id, numbers=addresses)]


def provider_ids(session: Session, *, shop_id: int) -> list[str]:
    """Ids at the provider of all a shop's messages."""
    query = select(Message.provider_id).where(Message.shop_id == shop_id, col(Message.provider_id).is_not(None))
    return [i for i in session.exec(query) if i]


def _messages(session: Session, shop_id: int, addresses: Collection[str], keys: tuple[str, ...]) -> Iterator[Message]:
    query = select(Message).where(Message.shop_id == shop_id).order_by(col(Message.id))
    for message in session.exec(query.execution_options(yield_per=500)):
        if message.recipient in addresses or (keys and message.key.startswith(keys)):
            yield message
