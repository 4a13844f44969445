"""What forgets a client's conversations: all of theirs goes or is blanked, and nobody else's, in no shop."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from consults.aftercare import learned, plans
from consults.aftercare.models import CarePlan, ContactStep, LearnedNote
from consults.aftercare.steps import StepKind
from consults.briefs.briefs import forget_brief
from consults.briefs.models import Brief
from consults.gestures import gestures
from consults.gestures.models import Gesture
from consults.gestures.states import GestureState
from consults.kinds import Role
from consults.line_models import Said, Thread
from consults.marketing import letters
from consults.marketing.models import LettersRest
from consults.models import Case, Consult, Participant, Promise_, Signal
from consults.privacy import erase_case
from consults.rounds import rounds
from consults.rounds.models import OfferRound
from consults.states import ConsultState
from kit.db import Database
from kit.errors import NotFound
from shops import links
from tests import cast
from tests.cast import NOW, number
from tests.jobs_at_hand import Queue

EDDA = "gid://shopify/Customer/10"
OF_THE_CASE = (Brief, CarePlan, ContactStep, Gesture, OfferRound, Promise_, Said, Thread)
OF_THE_ROOM = (Participant, Signal)
OF_THE_CLIENT = (LearnedNote, LettersRest)
Forget = Callable[..., None]


class World:
    """Cleo's case, Edda's in the same house, and Cleo's in Dana's house, where she has the same number at Shopify."""

    def __init__(self, session: Session) -> None:
        self.session = session
        alices, danas = cast.everyone(session), cast.dana(session)
        self.cleo, self.danas = alices.case, danas.case
        about: dict[str, Any] = {
            "return_gid": "gid://shopify/Return/77",
            "client_gid": EDDA,
            "client_name": "Edda Lang",
        }
        self.edda = cast.cleos_case(session, alices.shop, alices.bob, **about)
        assert self.cleo.client_gid == self.danas.client_gid and self.cleo.shop_id != self.danas.shop_id
        self.tokens = {}
        for case in (self.cleo, self.edda, self.danas):
            hang_on(session, case)
            self.tokens[case.id] = cast.consult_link(session, case)
        session.flush()

    def rows(self, case: Case, *kinds: Any) -> list[dict[str, Any]]:
        """What is kept of that case in these tables, as it is in the database now."""
        self.session.expire_all()
        room = self.session.exec(select(Consult.id).where(Consult.case_id == case.id)).one()
        found = []
        for kind in kinds:
            whose: dict[str, Any] = {"case_id": case.id} if kind in OF_THE_CASE else {"consult_id": room}
            if kind in OF_THE_CLIENT:
                whose = {"client_gid": self.gids[number(case.id)]}
            mine = [getattr(kind, name) == value for name, value in (whose | {"shop_id": case.shop_id}).items()]
            oldest_first = sa.inspect(kind).primary_key
            found += [row.model_dump() for row in self.session.exec(select(kind).where(*mine).order_by(*oldest_first))]
        return found

    @property
    def gids(self) -> dict[int, str]:
        """The clients' own, which erasing takes out of their case."""
        return {number(case.id): EDDA if case is self.edda else cast.CLEO_READ.gid for case in self.cases}

    @property
    def cases(self) -> tuple[Case, ...]:
        return self.cleo, self.edda, self.danas

    def everything(self, case: Case) -> str:
        self.session.refresh(case)
        return repr([case.model_dump(), *self.rows(case, *OF_THE_CASE, *OF_THE_ROOM, *OF_THE_CLIENT)])

    def opens(self, case: Case) -> bool:
        try:
            links.open_link(self.session, self.tokens[case.id], purpose=links.CONSULT, now=NOW)
        except NotFound:
            return False
        return True

    def one(self, kind: Any, case: Case) -> Any:
        """The only row of that case, by names."""
        (row,) = self.rows(case, kind)
        return SimpleNamespace(**row)


def hang_on(session: Session, case: Case) -> None:
    """Everything that can hang on a case."""
    about: dict[str, Any] = {"shop_id": case.shop_id, "case_id": number(case.id)}
    at = NOW + timedelta(days=1)
    case.client_quote, case.outcome_note = "I would rather keep it.", "Mrs Whitlock keeps it."
    talk = Consult(
        **about, advisor_id=case.advisor_id, state=ConsultState.BOOKED, starts_at=at,
        ends_at=at + timedelta(minutes=30), idempotency_key=f"talk {case.id}", created_at=NOW,
    )  # fmt: skip
    thread = Thread(
        **about, channel="whatsapp", ending="41", address="+33612344141", wa_id="33612344141", opened_at=NOW
    )
    session.add_all([case, talk, thread])
    session.flush()
    room: dict[str, Any] = {"shop_id": case.shop_id, "consult_id": number(talk.id)}
    people = [
        Participant(**room, role=Role.CLIENT, name="Cleo Whitlock"),
        Participant(**room, role=Role.GUEST, name="Tom", relation="brother", email="tom@client.example"),
        Participant(**room, role=Role.ADVISOR, name="Bob Laurent", relation="house", email="bob@verdane.example"),
    ]
    session.add_all(people)
    session.flush()
    client, _, advisor = (number(person.id) for person in people)
    gid: dict[str, Any] = {"shop_id": case.shop_id, "client_gid": case.client_gid}
    session.add_all(
        [
            Signal(**room, from_participant=client, to_participant=advisor, body="192.0.2.7", at=NOW),
            Said(**about, thread_id=number(thread.id), at=NOW, body="It is Cleo.", provider_id=f"SM{case.id}"),
            Brief(**about, facts='[{"key": "sizes"}]', owned=["gid://shopify/Product/1"], made_at=NOW),
            Gesture(**about, advisor_id=case.advisor_id, what="A polish", why="Cleo waited", cents=700, currency="USD",
                    state=GestureState.NOT_NOW, once="tap", asked_at=NOW, answer="Not for Mrs Whitlock"),
            CarePlan(**about, kinds=["seven", "occasion"], occasion_on=date(2026, 12, 12), service_on=date(2027, 1, 2),
                     chosen_by=case.advisor_id, chosen_at=NOW),
            ContactStep(**about, kind=StepKind.SEVEN, due_on=date(2026, 12, 1), done_at=NOW, how="rang",
                        why_later="She travels"),
            ContactStep(**about, kind=StepKind.THIRTY, due_on=date(2026, 12, 24), why_later="She is in Rome"),
            OfferRound(**about, number=1, begun_at=NOW, begun_by=case.advisor_id, asked_words="Something lower?"),
            Promise_(**about, what="Sketches for Cleo", due_on=date(2026, 12, 1), owner_advisor_id=case.advisor_id,
                     created_at=NOW),
            LearnedNote(**gid, key="ring_size", value="52", case_id=number(case.id), learned_at=NOW,
                        learned_by=case.advisor_id),
            LettersRest(**gid, tagged=True, changed_at=NOW),
        ]
    )  # fmt: skip


@pytest.fixture
def world(database: Database, queue: Queue) -> Any:
    with database.begin() as session:
        yield World(session)


def test_nothing_in_the_case_says_who_they_were_and_what_it_was_worth_stays(world: World) -> None:
    erase_case(world.session, world.cleo)
    world.session.expire_all()
    case = world.cleo
    assert (case.client_name, case.client_email, case.client_phone, case.client_gid) == (None, None, None, None)
    assert (case.client_words, case.client_quote, case.outcome_note, case.client_title) == (None, None, None, "")
    assert (case.value_cents, case.return_gid, case.order_name) == (1_480_000, cast.RETURN_GID, "#1042")


def test_what_was_said_learned_and_known_is_gone(world: World) -> None:
    erase_case(world.session, world.cleo)
    assert world.rows(world.cleo, Said, Thread, Signal, Brief, LearnedNote, LettersRest) == []


def test_what_was_given_promised_and_offered_stays_without_a_word_of_it(world: World) -> None:
    erase_case(world.session, world.cleo)
    gesture = world.one(Gesture, world.cleo)
    assert (gesture.what, gesture.why, gesture.answer, gesture.cents) == ("", "", None, 700)
    promise, offer = world.one(Promise_, world.cleo), world.one(OfferRound, world.cleo)
    assert (promise.what, promise.due_on) == ("", date(2026, 12, 1))
    assert (offer.asked_words, offer.number) == (None, 1)


def test_of_who_was_in_the_room_only_the_advisor_keeps_a_name(world: World) -> None:
    erase_case(world.session, world.cleo)
    people = [(row["name"], row["relation"], row["email"]) for row in world.rows(world.cleo, Participant)]
    assert people == [("", None, None), ("", None, None), ("Bob Laurent", "house", "bob@verdane.example")]


def test_nobody_is_to_write_to_them_any_more_and_that_somebody_rang_stays_without_why(world: World) -> None:
    erase_case(world.session, world.cleo)
    step, plan = world.one(ContactStep, world.cleo), world.one(CarePlan, world.cleo)
    assert (step.kind, step.how, step.why_later) == (StepKind.SEVEN, "rang", None)
    assert (plan.kinds, plan.occasion_on, plan.service_on) == ([], None, None)


def test_another_client_of_the_house_and_another_houses_client_of_that_number_keep_all(world: World) -> None:
    before = [world.everything(case) for case in (world.edda, world.danas)]
    erase_case(world.session, world.cleo)
    assert [world.everything(case) for case in (world.edda, world.danas)] == before
    assert [world.opens(case) for case in world.cases] == [False, True, True]


BY_CASE: list[tuple[Forget, type[SQLModel]]] = [
    (forget_brief, Brief),
    (gestures.forget, Gesture),
    (plans.forget, CarePlan),
    (plans.forget, ContactStep),
    (rounds.forget, OfferRound),
]
BY_CLIENT: list[tuple[Forget, type[SQLModel]]] = [(learned.forget, LearnedNote), (letters.forget, LettersRest)]


@pytest.mark.parametrize(("forget", "kind"), BY_CASE)
def test_of_a_case_it_is_forgotten_by_its_own_house_only(world: World, forget: Forget, kind: type[SQLModel]) -> None:
    before = [world.rows(case, kind) for case in world.cases]
    forget(world.session, shop_id=world.danas.shop_id, case_id=world.cleo.id)
    assert [world.rows(case, kind) for case in world.cases] == before
    forget(world.session, shop_id=world.cleo.shop_id, case_id=world.cleo.id)
    after = [world.rows(case, kind) for case in world.cases]
    assert after[0] != before[0] and after[1:] == before[1:]


@pytest.mark.parametrize(("forget", "kind"), BY_CLIENT)
def test_of_a_client_it_is_forgotten_by_one_house_only_and_a_case_of_nobody_known_takes_nothing(
    world: World, forget: Forget, kind: type[SQLModel]
) -> None:
    before = [world.rows(case, kind) for case in world.cases]
    forget(world.session, shop_id=world.cleo.shop_id, client_gid=None)
    assert [world.rows(case, kind) for case in world.cases] == before
    forget(world.session, shop_id=world.cleo.shop_id, client_gid=cast.CLEO_READ.gid)
    assert [world.rows(case, kind) for case in world.cases] == [[], *before[1:]]
