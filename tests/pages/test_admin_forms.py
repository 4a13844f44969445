"""What a merchant changes: it is done once, or the form says what to put right."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from consults.models import Advisor
from jobs.models import JobTrouble
from logistics.models import Inspection, LogisticsPolicy, Rma, Settlement
from logistics.states import Goods, SettlementState
from notifications.models import Message
from notifications.states import MessageState
from routing.models import RoutingPolicy
from shops.links import DESK, open_link
from shops.models import Shop
from tests.cast import NOW, number
from tests.pages.admin_caller import ALICE, Caller
from tests.pages.admin_world import Admin, bring_to_payment, open_admin


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def stored(admin: Admin, kind, **by):
    with admin.database.begin() as session:
        query = select(kind)
        for name, value in by.items():
            query = query.where(getattr(kind, name) == value)
        return session.exec(query).all()


def fields_of(answer) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return answer.get_json()["error"]["fields"]


# --- a return


def test_a_piece_is_received_and_inspected_by_hand(admin: Admin):
    address = f"/app/returns/{admin.simple_id}"
    assert admin.alice.send(f"{address}/arrival").get_json()["redirect"] == ""
    assert admin.alice.send(f"{address}/arrival").status_code == 200
    done = admin.alice.send(f"{address}/inspection", finding="match", note="As sold.", restock="on")
    assert done.get_json()["toast"] == "The finding is written down."
    (row,) = stored(admin, Inspection, rma_id=admin.simple_id)
    assert (row.note, row.restock, row.inspected_by) == ("As sold.", True, "staff:7")
    (rma,) = stored(admin, Rma, id=admin.simple_id)
    assert rma.goods_state is Goods.INSPECTED


def test_an_inspection_without_a_finding_asks_for_it(admin: Admin):
    admin.alice.send(f"/app/returns/{admin.simple_id}/arrival")
    answer = admin.alice.send(f"/app/returns/{admin.simple_id}/inspection", finding="", note="x")
    assert fields_of(answer) == {"finding": "Choose what you found."}


def test_an_inspection_before_arrival_is_told_so(admin: Admin):
    answer = admin.alice.send(f"/app/returns/{admin.simple_id}/inspection", finding="match")
    assert answer.status_code == 409 and "authorised" in answer.get_json()["error"]["message"]


def test_a_payment_is_approved_once_however_often_it_is_pressed(admin: Admin):
    with admin.database.begin() as session:
        settlement_id = number(bring_to_payment(session, admin.world.rma).id)
    for _ in range(2):
        answer = admin.alice.send(f"/app/returns/{admin.world.rma.id}/payment", settlement_id=settlement_id)
        assert answer.status_code == 200
    (row,) = stored(admin, Settlement, id=settlement_id)
    assert (row.state, row.approved_by) == (SettlementState.APPROVED, "staff:7")


def test_a_payment_of_another_return_is_not_found(admin: Admin):
    with admin.database.begin() as session:
        settlement_id = number(bring_to_payment(session, admin.world.rma).id)
    answer = admin.alice.send(f"/app/returns/{admin.simple_id}/payment", settlement_id=settlement_id)
    assert answer.status_code == 404
    (row,) = stored(admin, Settlement, id=settlement_id)
    assert row.state is SettlementState.PROPOSED


def test_a_payment_without_an_amount_asks_to_load_again(admin: Admin):
    assert "settlement_id" in fields_of(admin.alice.send(f"/app/returns/{admin.simple_id}/payment", settlement_id="x"))


# --- routing


def test_who_answers_for_the_house_is_chosen_at_once(admin: Admin):
    assert admin.alice.send("/app/routing/default", default_advisor=admin.world.bob.id).status_code == 200
    (row,) = stored(admin, RoutingPolicy, shop_id=admin.world.shop_id)
    assert (row.default_advisor_id, row.version) == (admin.world.bob.id, 1), "the rules are as they were"


def test_an_advisor_of_another_shop_cannot_be_the_default(admin: Admin):
    answer = admin.alice.send("/app/routing/default", default_advisor=admin.dana.bob.id)
    assert "default_advisor" in fields_of(answer)


# --- advisors

GOOD = {
    "name": "Bob Laurent",
    "phone": "+33 1 84-88 00.18",
    "email": "b@v.fr",
    "languages": "FR, en, pt-BR",
    "active": "on",
}


def test_an_advisor_is_corrected(admin: Admin):
    answer = admin.alice.send(f"/app/advisors/{admin.world.bob.id}", **GOOD, introduction=" Two lines. ")
    assert answer.get_json()["redirect"] == "/app/advisors"
    (row,) = stored(admin, Advisor, id=admin.world.bob.id)
    assert (row.phone, row.languages, row.introduction) == ("+33184880018", "fr,en,pt-br", "Two lines.")


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "06 12 34 56 78"), ("phone", "+0123456789"), ("phone", "+331"), ("email", "bob"), ("name", " "),
     ("languages", ""), ("languages", "klingonese"), ("phone", "+33184880018x")],
)  # fmt: skip
def test_what_is_wrong_is_said_under_its_field_and_nothing_is_saved(admin: Admin, field: str, value: str):
    answer = admin.alice.send(f"/app/advisors/{admin.world.bob.id}", **{**GOOD, field: value})
    assert list(fields_of(answer)) == [field]
    (row,) = stored(admin, Advisor, id=admin.world.bob.id)
    assert row.phone == "+33184880017"


def test_an_advisor_can_be_taken_off_and_has_no_number_when_none_is_given(admin: Admin):
    admin.alice.send(f"/app/advisors/{admin.world.bob.id}", name="Bob", languages="en", phone="")
    (row,) = stored(admin, Advisor, id=admin.world.bob.id)
    assert not row.active and row.phone is None


# --- settings

HOUSE = {"house": "Verdane Paris", "telephone": "+33 1 84 88 00 00", "telephone_hours": "10 to 19"}
ADDRESS = {
    "receiving_name": "R. P.",
    "receiving_street1": "2 quai",
    "receiving_city": "Paris",
    "receiving_country": "fr",
}


def test_settings_are_saved_together(admin: Admin):
    location = admin.world.boutique.location_gid
    answer = admin.alice.send(
        "/app/settings", **HOUSE, **ADDRESS, pay_without_click="on", restock_location_gid=location
    )
    assert answer.status_code == 200, answer.text
    (shop,), (policy,) = stored(admin, Shop, domain=ALICE), stored(admin, LogisticsPolicy, shop_id=admin.world.shop_id)
    assert shop.house == "Verdane Paris"
    assert (policy.pay_without_click, policy.receiving_country, policy.restock_location_gid) == (True, "FR", location)
    assert policy.receiver.is_usable


def test_half_an_address_is_not_saved(admin: Admin):
    answer = admin.alice.send("/app/settings", **HOUSE, receiving_city="Paris")
    assert set(fields_of(answer)) == {"receiving_name", "receiving_street1", "receiving_country"}
    (shop,) = stored(admin, Shop, domain=ALICE)
    assert shop.house == "Verdane"


def test_a_location_of_another_shop_cannot_take_the_stock(admin: Admin):
    answer = admin.alice.send("/app/settings", **HOUSE, restock_location_gid=admin.dana.boutique.location_gid)
    assert list(fields_of(answer)) == ["restock_location_gid"]


def test_a_country_is_two_letters(admin: Admin):
    answer = admin.alice.send("/app/settings", **HOUSE, **{**ADDRESS, "receiving_country": "ZZ9"})
    assert list(fields_of(answer)) == ["receiving_country"]
    assert list(fields_of(admin.alice.send("/app/settings", **{**HOUSE, **ADDRESS, "receiving_country": "XQ"}))) == [
        "receiving_country"
    ]


# --- activity


def test_a_given_up_step_is_tried_again_once(admin: Admin):
    (row,) = stored(admin, JobTrouble, shop_id=admin.world.shop_id)
    assert admin.alice.send(f"/app/activity/jobs/{row.id}/retry").status_code == 200
    assert admin.alice.send(f"/app/activity/jobs/{row.id}/retry").status_code == 409


def test_a_given_up_step_can_be_put_aside(admin: Admin):
    (row,) = stored(admin, JobTrouble, shop_id=admin.world.shop_id)
    assert admin.alice.send(f"/app/activity/jobs/{row.id}/aside").status_code == 200
    assert not stored(admin, JobTrouble, shop_id=admin.world.shop_id)


def test_a_held_message_is_sent_again(admin: Admin):
    held = [row for row in stored(admin, Message, shop_id=admin.world.shop_id) if row.state is MessageState.HELD]
    assert admin.alice.send(f"/app/activity/messages/{held[0].id}/again").status_code == 200
    assert admin.alice.send(f"/app/activity/messages/{held[0].id}/again").status_code == 409


# --- the way to the desk


def test_an_advisor_opens_their_own_desk_from_the_admin(admin: Admin):
    address = admin.alice.send("/app/desk-link").get_json()["open"]
    token = address.removeprefix(f"{admin.config.app_url}/desk/in/")
    with admin.database.begin() as session:
        opened = open_link(session, token, purpose=DESK, now=NOW)
    assert (opened.shop_id, opened.person_id) == (admin.world.shop_id, admin.world.bob.id)


def test_somebody_who_is_no_advisor_chooses_whose_desk_to_open(admin: Admin):
    answer = Caller(admin.app, admin.config, ALICE, "12345").send("/app/desk-link")
    assert answer.get_json() == {"redirect": "/app/advisors", "toast": "Choose whose desk to open."}
    assert "open" in admin.alice.send(f"/app/desk-link?advisor_id={admin.world.bob.id}").get_json()


def test_a_closed_desk_is_not_opened(admin: Admin):
    with admin.database.begin() as session:
        bob = session.get(Advisor, number(admin.world.bob.id))
        assert bob is not None
        bob.active = False
        session.add(bob)
    assert admin.alice.send("/app/desk-link").get_json()["redirect"] == "/app/advisors"
    assert "active" in fields_of(admin.alice.send(f"/app/desk-link?advisor_id={admin.world.bob.id}"))


RECEIVING = {"two_people": "50,000", "most_deducted_percent": "25", "collects": "on", "collects_in": "fr, CH,fr"}


def test_how_pieces_are_received_is_saved_and_shown_again(admin: Admin):
    assert admin.alice.send("/app/settings", **HOUSE, **RECEIVING).status_code == 200
    (policy,) = stored(admin, LogisticsPolicy, shop_id=admin.world.shop_id)
    assert (policy.two_people_cents, policy.most_deducted_percent) == (5_000_000, 25)
    assert (policy.collects, policy.collects_in) == (True, ["FR", "CH"])
    page = admin.alice.open("/app/settings").text
    assert 'value="50000.00"' in page and 'value="25"' in page and 'value="FR, CH"' in page


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("two_people", "a lot"),
        ("two_people", "-1"),
        ("two_people", ""),
        ("two_people", "9" * 40),
        ("most_deducted_percent", "101"),
        ("most_deducted_percent", "-5"),
        ("most_deducted_percent", "²"),
        ("most_deducted_percent", ""),
        ("collects_in", "France"),
        ("collects_in", "FR, XQ"),
    ],
)
def test_what_cannot_be_read_of_receiving_gets_a_sentence_and_changes_nothing(admin: Admin, name: str, written: str):
    admin.alice.send("/app/settings", **HOUSE, **RECEIVING)
    answer = admin.alice.send("/app/settings", **{**HOUSE, **RECEIVING, "house": "Other", name: written})
    assert list(fields_of(answer)) == [name] and fields_of(answer)[name].endswith(".")
    (policy,) = stored(admin, LogisticsPolicy, shop_id=admin.world.shop_id)
    assert (policy.two_people_cents, policy.most_deducted_percent, policy.collects_in) == (5_000_000, 25, ["FR", "CH"])
    assert stored(admin, Shop, domain=ALICE)[0].house == HOUSE["house"]


def test_a_page_open_since_before_these_fields_changes_none_of_them(admin: Admin):
    admin.alice.send("/app/settings", **HOUSE, **RECEIVING)
    assert admin.alice.send("/app/settings", **HOUSE).status_code == 200
    (policy,) = stored(admin, LogisticsPolicy, shop_id=admin.world.shop_id)
    assert policy.collects and policy.collects_in == ["FR", "CH"]
