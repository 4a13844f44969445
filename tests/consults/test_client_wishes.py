"""What a client gives of themselves: a number and leave to text it, sizes and days."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from consults.aftercare.learned import as_values, forget, learn, move_client, notes_of, with_learned
from consults.aftercare.models import LearnedNote
from consults.aftercare.steps import SENTENCES, StepKind, due, sentence_for
from consults.briefs.seen import ClientSeen, Noted, Seen
from consults.models import Case, CaseEvent
from consults.wishes import AGREED, PhoneUnclear, keep_number, prefer_simple_return, prefers_simple_return
from kit.db import Database
from kit.errors import AppError, NotFound
from shops import crypt
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue

CLEO, OTHER = "+33612344141", "+33612344142"


@pytest.fixture
def session(sqlite_url: str, queue: Queue) -> Iterator[Session]:
    crypt.use_keys("test-token-key")
    database = Database(sqlite_url)
    with database.begin() as session:
        yield session
    database.close()


@pytest.fixture
def case(session: Session) -> Case:
    shop = cast.alice(session)
    case = cast.cleos_case(session, shop, cast.bob(session, shop))
    case.client_phone, case.client_texts_ok = None, False
    return case


def number(session: Session, case: Case, phone: str, texts_ok: bool = False, words: str = "Text me") -> Case:
    about: dict[str, Any] = {"shop_id": case.shop_id, "case_id": case.id, "now": NOW}
    return keep_number(session, phone=phone, texts_ok=texts_ok, words=words, **about)


def proofs(session: Session) -> list[str]:
    return [line.detail for line in session.exec(select(CaseEvent).where(CaseEvent.kind == AGREED))]


# --- a number, and leave to text it


def test_a_number_is_kept_as_it_is_dialled_and_an_empty_one_changes_nothing(session: Session, case: Case) -> None:
    assert number(session, case, "+33 (0)6 12 34 41 41").client_phone == CLEO
    assert number(session, case, " ", texts_ok=True).client_phone == CLEO
    assert (case.client_texts_ok, proofs(session)) == (False, [])


@pytest.mark.parametrize("typed", ["06 12 34 41 41", "+33", "call me", "+33 6 12 34 41 41, evenings"])
def test_one_that_cannot_be_dialled_from_everywhere_is_asked_for_again(
    session: Session, case: Case, typed: str
) -> None:
    number(session, case, CLEO)
    with pytest.raises(PhoneUnclear, match="country code"):
        number(session, case, typed, texts_ok=True)
    assert (case.client_phone, case.client_texts_ok) == (CLEO, False)


def test_leave_to_text_is_kept_with_its_words_once_and_names_no_number(session: Session, case: Case) -> None:
    number(session, case, CLEO, texts_ok=True, words="Text me about this return")
    number(session, case, CLEO, texts_ok=True)
    assert case.client_texts_ok and proofs(session) == ["to a number ending 41: Text me about this return"]


def test_leave_given_before_stays_when_the_form_is_sent_again_without_it(session: Session, case: Case) -> None:
    number(session, case, CLEO, texts_ok=True)
    assert number(session, case, "0033 612 34 41 41").client_texts_ok


def test_another_number_has_agreed_to_nothing_until_it_does(session: Session, case: Case) -> None:
    number(session, case, CLEO, texts_ok=True)
    assert number(session, case, OTHER).client_texts_ok is False
    assert number(session, case, OTHER, texts_ok=True).client_texts_ok
    assert proofs(session) == ["to a number ending 41: Text me", "to a number ending 42: Text me"]


def test_who_would_rather_not_talk_is_noted_once_and_chased_by_nobody(session: Session, case: Case) -> None:
    about: dict[str, Any] = {"shop_id": case.shop_id, "case_id": case.id}
    assert not prefers_simple_return(session, **about)
    for _ in range(2):
        prefer_simple_return(session, **about, now=NOW)
    assert prefers_simple_return(session, **about) and (case.next_rung, case.next_rung_at) == (None, None)
    lines = session.exec(select(CaseEvent.kind).where(CaseEvent.case_id == case.id)).all()
    assert lines.count("case.simple_return") == 1
    with pytest.raises(NotFound):
        prefer_simple_return(session, shop_id=case.shop_id + 1, case_id=cast.number(case.id), now=NOW)


# --- sizes and days


def told(session: Session, case: Case, key: str, value: str) -> None:
    learn(session, case, key=key, value=value, advisor_id=case.advisor_id, now=NOW)


def known(session: Session, case: Case) -> dict[str, str]:
    return as_values(session, shop_id=case.shop_id, client_gid=case.client_gid)


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("ring_size", " 53  1/2 ", "53 1/2"),
        ("ring_size", "x" * 40, "x" * 40),
        ("anniversary", "2016-12-12", "2016-12-12"),
        ("anniversary", "20161212", "2016-12-12"),
        ("birthday", "2024-02-29", "2024-02-29"),
    ],
)
def test_what_they_told_is_kept_as_one_reads_it(
    session: Session, case: Case, queue: Queue, key: str, value: str, kept: str
) -> None:
    told(session, case, key, value)
    assert known(session, case) == {key: kept}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("shoe_size", "39"),
        ("ring_size", " "),
        ("ring_size", "x" * 41),
        ("birthday", "2023-02-29"),
        ("birthday", "12 December"),
        ("birthday", "12/12/2016"),
    ],
)
def test_what_is_no_size_or_day_is_not_kept(session: Session, case: Case, key: str, value: str) -> None:
    with pytest.raises(AppError):
        told(session, case, key, value)
    assert known(session, case) == {}


def test_of_somebody_the_house_has_no_record_of_nothing_is_kept(session: Session, case: Case) -> None:
    case.client_gid = None
    with pytest.raises(AppError, match="no record"):
        told(session, case, "ring_size", "53")
    assert known(session, case) == {} and session.exec(select(LearnedNote)).all() == []


def test_the_last_word_counts_and_another_shop_knows_nothing(session: Session, case: Case) -> None:
    for size in ("53", "54"):
        told(session, case, "ring_size", size)
    (note,) = notes_of(session, shop_id=case.shop_id, client_gid=case.client_gid)
    assert note.value == "54" and notes_of(session, shop_id=case.shop_id + 1, client_gid=case.client_gid) == []


def test_two_records_that_become_one_keep_what_the_one_that_stays_knew(session: Session, case: Case) -> None:
    told(session, case, "ring_size", "53")
    told(session, case, "strap_size", "16")
    old, case.client_gid = case.client_gid, "gid://shopify/Customer/2"
    told(session, case, "ring_size", "54")
    move_client(session, shop_id=case.shop_id, from_gid=str(old), to_gid="gid://shopify/Customer/2")
    assert known(session, case) == {"ring_size": "54", "strap_size": "16"}
    assert notes_of(session, shop_id=case.shop_id, client_gid=old) == []


def test_to_forget_one_client_leaves_the_others(session: Session, case: Case) -> None:
    told(session, case, "ring_size", "53")
    forget(session, shop_id=case.shop_id, client_gid=None)
    forget(session, shop_id=case.shop_id + 1, client_gid=case.client_gid)
    assert known(session, case) == {"ring_size": "53"}
    forget(session, shop_id=case.shop_id, client_gid=case.client_gid)
    assert known(session, case) == {}


@pytest.mark.parametrize("named", ["ring_size", "Ring Size", " ring-size "])
def test_what_was_learned_stands_in_the_place_of_the_same_thing_however_shopify_spells_it(named: str) -> None:
    there = (Noted(named, "52", "gid#a"), Noted("partner", "Tom", "gid#b"))
    learned = [
        LearnedNote(
            id=5, shop_id=1, client_gid="g", key="ring_size", value="54", case_id=1, learned_at=NOW, learned_by=1
        )
    ]
    seen = with_learned(Seen(client=ClientSeen(gid="g", notes=there)), learned, client_gid="g")
    assert seen.client is not None
    assert [(n.key, n.value, n.source) for n in seen.client.notes] == [
        ("ring_size", "54", "desk:5#2026-11-24"), ("partner", "Tom", "gid#b"),
    ]  # fmt: skip


def test_without_anything_learned_or_anybody_to_learn_of_what_was_read_stays_as_it_is() -> None:
    seen = Seen(client=ClientSeen(gid="g"))
    note = LearnedNote(
        id=5, shop_id=1, client_gid="g", key="ring_size", value="54", case_id=1, learned_at=NOW, learned_by=1
    )
    assert with_learned(seen, [], client_gid="g") is seen and with_learned(seen, [note], client_gid=None) is seen
    fresh = with_learned(Seen(), [note], client_gid="g").client
    assert fresh is not None and (fresh.gid, fresh.notes[0].value) == ("g", "54")


# --- what follows


@pytest.mark.parametrize(
    ("kind", "closed", "day", "then"),
    [
        (StepKind.SEVEN, "2026-12-28", None, "2027-01-04"),
        (StepKind.THIRTY, "2028-01-30", None, "2028-02-29"),
        (StepKind.NINETY, "2026-11-24", "2026-11-25", "2027-02-22"),
        (StepKind.OCCASION, "2026-11-24", "2026-11-25", "2026-11-25"),
        (StepKind.OCCASION, "2026-11-24", "2026-11-24", None),
        (StepKind.SERVICE, "2026-11-24", None, None),
    ],
)
def test_each_contact_has_its_day(kind: StepKind, closed: str, day: str | None, then: str | None) -> None:
    on = date.fromisoformat(day) if day else None
    assert due(kind, closed_on=date.fromisoformat(closed), day=on) == (date.fromisoformat(then) if then else None)


@pytest.mark.parametrize(
    ("locale", "language"),
    [("fr-CH", "fr"), ("DE_at", "de"), ("zh-CN", "zh"), ("zh-TW", "en"), ("ar-AE", "en"), ("", "en"), ("ko", "en")],
)
def test_a_sentence_to_send_is_in_the_language_the_client_is_written_to_in(locale: str, language: str) -> None:
    assert [sentence_for(kind, locale) for kind in StepKind] == [SENTENCES[language][kind] for kind in StepKind]
