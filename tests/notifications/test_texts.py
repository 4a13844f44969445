"""Texts that came in, numbers that want none, and who agreed to be written to."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.db import Database
from notifications import consents, texts
from notifications.events import TextArrived
from notifications.models import Consent, InboundText, OptOut
from notifications.texts import SMS, WHATSAPP, WINDOW
from tests import cast
from tests.cast import NOW

CLEO, TOM, OURS = "+33612344141", "+33700004141", "+33184880020"  # two numbers that end alike


@pytest.fixture
def session(on_sqlite: Database) -> Iterator[Session]:
    with on_sqlite.begin() as session:
        yield session


def arrives(
    session: Session, body: str = "Hello", sender: str = CLEO, *, sid: str = "SM1", **more: str
) -> InboundText | None:
    return texts.keep(session, TextArrived(sid, sender, body, **({"opt_out": "", "ours": OURS} | more)), now=NOW)


# --- what came in


def test_a_text_is_kept_once_without_the_name_of_its_channel_and_cut_to_its_column(session: Session) -> None:
    kept = arrives(session, "x" * 2000, f"whatsapp:{CLEO}", ours=f"whatsapp:{OURS}", wa_id="33612344141")
    assert kept is not None and (kept.sender, kept.channel, kept.ours, kept.wa_id) == (
        CLEO, WHATSAPP, OURS, "33612344141",
    )  # fmt: skip
    assert len(kept.body) == 1600 and kept.meaning == ""
    assert arrives(session, "again") is None and len(session.exec(select(InboundText)).all()) == 1


@pytest.mark.parametrize(
    ("body", "told", "meaning"),
    [("STOP", "", "stop"), ("start", "", "start"), ("help", "", "help"), ("Arrêtez", "STOP", "stop"), ("1", "", "")],
)
def test_what_the_network_answers_itself_is_marked_so_that_nobody_answers_it_twice(
    session: Session, body: str, told: str, meaning: str
) -> None:
    kept = arrives(session, body, opt_out=told)
    assert kept is not None and kept.meaning == meaning


def test_stop_counts_for_that_number_and_that_channel_until_start(session: Session) -> None:
    arrives(session, "STOP")
    arrives(session, "STOP", sid="SM2")
    assert len(session.exec(select(OptOut)).all()) == 1, "said twice, it is noted once"
    assert texts.has_opted_out(session, CLEO) and texts.has_opted_out(session, f" whatsapp:{CLEO}", SMS)
    assert not texts.has_opted_out(session, CLEO, WHATSAPP) and not texts.has_opted_out(session, TOM)
    arrives(session, "START", f"whatsapp:{CLEO}", sid="SM3")
    assert texts.has_opted_out(session, CLEO), "a channel begins again where it was ended"
    arrives(session, "START", sid="SM4")
    assert not texts.has_opted_out(session, CLEO)


def test_what_a_provider_says_of_a_number_is_noted_once(session: Session) -> None:
    for _ in range(2):
        texts.note_stopped(session, f"whatsapp:{CLEO}", channel=WHATSAPP, now=NOW)
    assert texts.has_opted_out(session, CLEO, WHATSAPP) and not texts.has_opted_out(session, CLEO)
    assert len(session.exec(select(OptOut)).all()) == 1


@pytest.mark.parametrize(
    ("after", "free"), [(timedelta(0), True), (WINDOW - timedelta(seconds=1), True), (WINDOW, False)]
)
def test_free_words_answer_whatsapp_for_a_day_less_five_minutes(session: Session, after: timedelta, free: bool) -> None:
    arrives(session, sender=f"whatsapp:{CLEO}", ours=f"whatsapp:{OURS}")
    assert texts.wrote_lately(session, f"whatsapp:{CLEO}", ours=OURS, now=NOW + after) is free


def test_the_day_is_of_one_person_one_number_of_ours_and_that_channel(session: Session) -> None:
    arrives(session, sender=CLEO)
    assert not texts.wrote_lately(session, CLEO, ours=OURS, now=NOW), "a text opens no day on WhatsApp"
    arrives(session, sender="whatsapp:US.ABC", ours=f"whatsapp:{OURS}", sid="SM2", wa_id=CLEO[1:])
    assert texts.wrote_lately(session, CLEO, ours=OURS, now=NOW), "who hides the number is known by WhatsApp's own id"
    assert texts.wrote_lately(session, "whatsapp:US.ABC", ours=OURS, now=NOW)
    assert not texts.wrote_lately(session, CLEO, ours="+33184880099", now=NOW)
    assert not texts.wrote_lately(session, TOM, ours=OURS, now=NOW)


def test_somebody_wrote_before_only_where_an_earlier_text_of_theirs_came_to_the_same_number(session: Session) -> None:
    first, second = arrives(session), arrives(session, sid="SM2")
    elsewhere, tom = arrives(session, sid="SM3", ours="+33184880099"), arrives(session, sender=TOM, sid="SM4")
    assert first and second and elsewhere and tom
    since = NOW - timedelta(days=1)
    assert [texts.wrote_before(session, one, since=since) for one in (first, second, elsewhere, tom)] == [
        False, True, False, False,
    ]  # fmt: skip
    assert not texts.wrote_before(session, second, since=NOW), "not lately"


def test_texts_leave_with_who_sent_them_and_after_thirty_days(session: Session) -> None:
    shop_id = cast.number(cast.alice(session).id)
    arrives(session, "STOP"), arrives(session, sender=TOM, sid="SM2")
    session.flush()
    assert texts.erase_from(session, shop_id=shop_id, numbers=[CLEO, ""]) == ["SM1"]
    session.flush()
    assert [text.provider_id for text in session.exec(select(InboundText))] == ["SM2"]
    assert not texts.has_opted_out(session, CLEO)
    for days, left in ((30, 1), (31, 0)):
        texts.forget(session, now=NOW + timedelta(days=days))
        assert len(session.exec(select(InboundText)).all()) == left


# --- who agreed to what


@pytest.fixture
def shop_id(session: Session) -> int:
    return cast.number(cast.alice(session).id)


def agree(session: Session, shop_id: int, address: str = CLEO, words: str = "Write to me") -> Consent:
    return consents.give(
        session, shop_id=shop_id, channel=WHATSAPP, address=address, how="page", words=words, ip="::1", now=NOW
    )


def find(session: Session, shop_id: int, address: str = CLEO, channel: str = WHATSAPP) -> Consent | None:
    return consents.find(session, shop_id=shop_id, channel=channel, address=address)


def test_the_first_proof_stays_while_the_consent_stands(session: Session, shop_id: int) -> None:
    first = agree(session, shop_id)
    assert agree(session, shop_id, words="Other words").id == first.id
    assert (first.words, first.how, first.ip, first.given_at, first.ending) == ("Write to me", "page", "::1", NOW, "41")


def test_a_consent_is_of_one_address_one_channel_and_one_house(session: Session, shop_id: int) -> None:
    agree(session, shop_id)
    assert find(session, shop_id) is not None
    assert find(session, shop_id, TOM) is find(session, shop_id, channel=SMS) is find(session, shop_id + 1) is None


def test_taken_back_it_stands_no_more_its_proof_stays_and_a_new_one_is_another(session: Session, shop_id: int) -> None:
    about: dict[str, Any] = {"shop_id": shop_id, "channel": WHATSAPP, "address": CLEO}
    first = agree(session, shop_id)
    assert consents.withdraw(session, **about, now=NOW + timedelta(days=1))
    assert not consents.withdraw(session, **about, now=NOW + timedelta(days=2)), "there is none to take back"
    assert first.withdrawn_at == NOW + timedelta(days=1) and find(session, shop_id) is None
    second = agree(session, shop_id, words="Again")
    agree(session, shop_id, TOM)
    assert consents.proofs(session, shop_id=shop_id, addresses=[CLEO, ""]) == [first, second]
    assert consents.proofs(session, shop_id=shop_id + 1, addresses=[CLEO]) == []


def test_words_of_any_length_are_kept_to_five_hundred_letters(session: Session, shop_id: int) -> None:
    assert len(agree(session, shop_id, words="x" * 600).words) == 500
