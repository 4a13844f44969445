"""What was written to a client, and what they agreed to, goes with them; that it was sent stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.db import Database
from notifications import consents, jobs, privacy, texts
from notifications.code_models import CodeAsked
from notifications.events import TextArrived
from notifications.models import Consent, InboundText, Message
from notifications.states import MessageState as S
from notifications.texts import WHATSAPP
from tests import cast
from tests.cast import NOW, number

CLEO, TOM = "+33612344141", "+33700004141"


class Shops:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.alices = number(cast.alice(session).id)
        self.danas = number(cast.alice(session, "dana.myshopify.com", "Dana").id)

    def write(self, key: str, to: str = CLEO, state: S = S.QUEUED, sid: str | None = None, shop: int = 0) -> None:
        about: dict[str, Any] = {"subject": "Yours", "body": "Dear Mrs Whitlock", "error": f"{to} is not reached"}
        files: dict[str, Any] = {"attachments": "[]", "variables": "{}"}
        row = Message(
            shop_id=shop or self.alices, name="x", channel="sms", key=key, recipient=to, state=state, provider_id=sid,
            created_at=NOW, **about, **files,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()

    def erase(self, *addresses: str, keys: tuple[str, ...] = ()) -> list[str]:
        found = privacy.erase_client(self.session, shop_id=self.alices, addresses=addresses, keys=keys)
        self.session.flush()
        return found

    def left(self) -> dict[str, S]:
        """The letters that still say something, by their keys."""
        rows = self.session.exec(select(Message)).all()
        return {row.key: row.state for row in rows if row.recipient or row.subject or row.body or row.error}


@pytest.fixture
def shops(database: Database) -> Any:
    with database.begin() as session:
        yield Shops(session)


def test_of_a_letter_no_word_and_no_file_stays(shops: Shops) -> None:
    shops.write("a")
    shops.erase(CLEO)
    (row,) = shops.session.exec(select(Message))
    assert (row.recipient, row.subject, row.body, row.error) == ("", "", "", "")
    assert (row.attachments, row.variables) == (None, None)


@pytest.mark.parametrize("state", list(S))
def test_that_it_was_sent_stays_and_what_was_not_is_never_sent_any_more(shops: Shops, state: S) -> None:
    shops.write("a", state=state)
    shops.erase(CLEO)
    assert shops.session.exec(select(Message)).one().state is (state if state in (S.SENT, S.DELIVERED) else S.ERASED)


def test_it_goes_by_their_address_or_by_what_it_was_about_and_nobody_elses_does(shops: Shops) -> None:
    shops.write("by address")
    shops.write("case:7:advisor", TOM)
    shops.write("case:70:advisor", TOM)
    shops.write("toms", TOM)
    shops.write("dana's", shop=shops.danas)
    shops.erase(CLEO, keys=("case:7:",))
    assert set(shops.left()) == {"case:70:advisor", "toms", "dana's"}
    shops.erase()
    assert len(shops.left()) == 3, "nobody's address and nothing it was about is nobody"


def test_what_their_letters_and_texts_are_called_at_the_provider_is_told(shops: Shops) -> None:
    shops.write("a", state=S.SENT, sid="SM1")
    shops.write("b")
    shops.write("toms", TOM, sid="SM2")
    texts.keep(shops.session, TextArrived("SM3", CLEO, "Hello", opt_out="", ours=TOM), now=NOW)
    assert shops.erase(CLEO) == ["SM1", "SM3"]


def test_what_they_agreed_to_is_forgotten_by_this_house_only(shops: Shops) -> None:
    about: dict[str, Any] = {"channel": WHATSAPP, "how": "page", "words": "Write to me", "ip": "::1", "now": NOW}
    for shop_id, address in ((shops.alices, CLEO), (shops.alices, TOM), (shops.danas, CLEO)):
        consents.give(shops.session, shop_id=shop_id, address=address, **about)
    shops.erase(CLEO)
    left = {(row.shop_id, row.address) for row in shops.session.exec(select(Consent))}
    assert left == {(shops.alices, TOM), (shops.danas, CLEO)}


def test_codes_they_asked_for_and_texts_they_wrote_go_and_another_houses_stay(shops: Shops) -> None:
    """A text to nobody in particular is the client's wherever they are erased."""
    about: dict[str, Any] = {"purpose": "order", "channel": "sms", "made_at": NOW, "expires_at": NOW}
    written = (("hers", shops.alices, CLEO), ("toms", shops.alices, TOM), ("dana's", shops.danas, CLEO))
    for name, shop_id, number_ in written:
        shops.session.add(CodeAsked(shop_id=shop_id, token_hash=name, recipient=number_, **about))
        wrote = InboundText(shop_id=shop_id, provider_id=name, sender=number_, body="Hello", at=NOW)
        shops.session.add(wrote)
    shops.session.add(InboundText(provider_id="to nobody", sender=CLEO, body="Hello", at=NOW))
    shops.session.flush()
    assert sorted(shops.erase(CLEO)) == ["hers", "to nobody"]
    assert {row.token_hash for row in shops.session.exec(select(CodeAsked))} == {"toms", "dana's"}
    assert {row.provider_id for row in shops.session.exec(select(InboundText))} == {"toms", "dana's"}


def test_every_day_texts_of_a_month_ago_and_codes_of_the_day_before_go(database: Database) -> None:
    with database.begin() as session:
        shop_id = number(cast.alice(session).id)
        for days in (31, 29):
            sent = TextArrived(f"SM{days}", CLEO, "Hello", opt_out="", ours=TOM)
            texts.keep(session, sent, now=NOW - timedelta(days=days))
        for hours in (25, 23):
            about: dict[str, Any] = {"purpose": "order", "channel": "sms", "made_at": NOW, "recipient": CLEO}
            ended = NOW - timedelta(hours=hours)
            session.add(CodeAsked(shop_id=shop_id, token_hash=str(hours), expires_at=ended, **about))
    with cast.clock(NOW):
        jobs.forget_texts(database.begin)
    with database.begin() as session:
        assert [row.provider_id for row in session.exec(select(InboundText))] == ["SM29"]
        assert [row.token_hash for row in session.exec(select(CodeAsked))] == ["23"]
