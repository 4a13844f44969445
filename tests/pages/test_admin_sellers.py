"""The merchant's pages of who sold it: the chain, the codes, the client book, staff, why, and another advisor."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from consults.models import Advisor, Case
from kit.money import Money
from logistics.models import Rma
from routing import chains, client_book
from routing.levels import MOVABLE, Level
from routing.models import Decision, OrderEvidence
from routing.reads import StaffMember
from routing.rules import Outcome
from routing.seller_models import AdvisorCode, BookEntry, BookImport, ClaimEvidence, SellerChoice
from tests import cast
from tests.cast import NOW, number
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin

PAGES = ["/app/routing/sellers", "/app/advisors/client-book"]
LEVELS = [level.value for level in MOVABLE]
ORDER = {f"place_{level}": str(n) for n, level in enumerate(LEVELS, 1)} | {f"on_{level}": "on" for level in LEVELS}
FILE = "email;advisor\ncleo@example.com;Bob Laurent\n=HYPERLINK(1);Bob Laurent\n"


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def rows(admin: Admin, kind: type) -> list[Any]:
    with admin.database.begin() as session:
        return list(session.exec(select(kind)))


def fields_of(answer) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return answer.get_json()["error"]["fields"]


def upload(admin: Admin, text: str | bytes, caller=None):
    raw = text.encode() if isinstance(text, str) else text
    return (caller or admin.alice).send("/app/advisors/client-book", book=(io.BytesIO(raw), "book.csv"))


def second(admin: Admin, name: str = "Inès Aubry") -> int:
    """Another advisor of Alice's."""
    with admin.database.begin() as session:
        person = cast.bob(session, session.merge(admin.world.shop), name=name, staff_gid="gid://shopify/StaffMember/8")
        return number(person.id)


# --- who may see it


def test_dana_sees_nothing_of_alices_codes_book_files_or_reasons(admin: Admin) -> None:
    inès, case_id = second(admin), admin.world.case.id
    admin.alice.send("/app/routing/sellers/codes", code="PAR-321", advisor_id=inès)
    path = upload(admin, FILE).get_json()["redirect"]
    admin.alice.send(f"/app/cases/{case_id}/advisor", advisor_id=inès, reason="An old friend.")
    for page in (*PAGES, "/app/routing", "/app/advisors"):
        text = admin.stranger.open(page).text
        assert not any(secret in text for secret in ("PAR-321", "Inès Aubry", "Bob Laurent", "An old friend")), page
    assert admin.stranger.open(path).status_code == 404
    (code,) = rows(admin, AdvisorCode)
    for post, fields in (
        (f"{path}/apply", {"digest": rows(admin, BookImport)[0].digest}),
        (f"{path}/drop", {}),
        (f"{path}/rejected", {}),
        (f"/app/cases/{case_id}/advisor", {"advisor_id": inès, "reason": "Mine now."}),
    ):
        assert admin.stranger.send(post, **fields).status_code == 404, post
    admin.stranger.send(f"/app/routing/sellers/codes/{code.id}/remove")
    assert rows(admin, AdvisorCode) and not rows(admin, BookEntry) and len(rows(admin, SellerChoice)) == 1


@pytest.mark.parametrize("path", [*PAGES, "/app/advisors/staff"])
def test_without_a_token_nothing_is_shown(admin: Admin, path: str) -> None:
    answer = admin.app.test_client().get(path, headers={"Accept": "text/html"})
    assert "/app/bounce?" in answer.text and "Bob Laurent" not in answer.text


# --- the chain


def test_the_order_of_the_levels_is_saved_and_what_is_not_ticked_is_off(admin: Admin) -> None:
    swapped = ORDER | {"place_code": "1", "place_line": "3"}
    del swapped["on_consult"]
    assert admin.alice.send("/app/routing/sellers/order", **swapped).status_code == 200
    with admin.database.begin() as session:
        chain = chains.chain_of(chains.chain_row(session, admin.world.shop_id))
    assert chain.order[:3] == (Level.CODE, Level.WRITE_BACK, Level.LINE) and chain.off == {Level.CONSULT}
    text = admin.alice.open("/app/routing/sellers").text
    assert text.index("place_code") < text.index("place_line")


@pytest.mark.parametrize("wrong", [{"place_code": "1"}, {"place_code": ""}, {"place_code": "9"}, {"place_code": "one"}])
def test_two_in_one_place_or_no_place_is_said_under_the_field_and_nothing_is_saved(admin: Admin, wrong) -> None:
    told = fields_of(admin.alice.send("/app/routing/sellers/order", **(ORDER | wrong)))
    assert "place_code" in told and set(told.values()) == {"Give it a place of its own, from 1 to 7."}
    with admin.database.begin() as session:
        assert chains.chain_row(session, admin.world.shop_id).levels == LEVELS


def test_where_it_is_read_is_saved_whole_or_not_at_all(admin: Admin) -> None:
    good = {"attribute_keys": "vendeuse, vendeuse ,_code", "client_metafield": "$app:crm.owner", "client_tag": "vip:",
            "consult_days": "14"}  # fmt: skip
    assert admin.alice.send("/app/routing/sellers/places", **good).status_code == 200
    bad = {"attribute_keys": "a" * 101, "client_metafield": "advisor", "client_tag": ",", "consult_days": "0"}
    assert set(fields_of(admin.alice.send("/app/routing/sellers/places", **bad))) == set(bad)
    with admin.database.begin() as session:
        row = chains.chain_row(session, admin.world.shop_id)
    assert (row.attribute_keys, row.client_namespace, row.client_key) == (["vendeuse", "_code"], "$app:crm", "owner")
    assert (row.client_tag, row.consult_days, row.writes_back) == ("vip:", 14, False)


def test_a_code_is_added_once_to_one_person_and_removed(admin: Admin) -> None:
    bob, inès = admin.world.bob.id, second(admin)
    assert admin.alice.send("/app/routing/sellers/codes", code="NYC-017", advisor_id=bob).status_code == 200
    taken = fields_of(admin.alice.send("/app/routing/sellers/codes", code="nyc-017", advisor_id=inès))
    assert taken == {"code": "nyc-017 is the code of Bob Laurent already."}
    assert set(fields_of(admin.alice.send("/app/routing/sellers/codes", code="X-1", advisor_id=""))) == {"advisor_id"}
    stranger = admin.dana.bob.id
    assert set(fields_of(admin.alice.send("/app/routing/sellers/codes", code="X-1", advisor_id=stranger))) == {
        "advisor_id"
    }
    (code,) = rows(admin, AdvisorCode)
    admin.alice.send(f"/app/routing/sellers/codes/{code.id}/remove")
    assert rows(admin, AdvisorCode) == []


def test_codes_on_orders_that_are_nobodys_are_listed_until_they_are_mapped(admin: Admin) -> None:
    with admin.database.begin() as session:
        for shop_id, value in ((admin.world.shop_id, "ROM-001"), (admin.dana.shop_id, "DAN-001")):
            kept = OrderEvidence(shop_id=shop_id, order_gid="o", order_name="#", seen_updated_at=NOW, kept_at=NOW)
            session.add(kept)
            session.flush()
            for line in ("a", "b"):
                about = {"evidence_id": number(kept.id), "shop_id": shop_id, "seen_at": NOW}
                session.add(ClaimEvidence(line_gid=line, key="advisor", value=value, **about))  # type: ignore[arg-type]
    assert "nobody's: “ROM-001” (2 times)." in read(admin.alice.open("/app/routing/sellers")).text
    assert "ROM-001" not in admin.stranger.open("/app/routing/sellers").text
    admin.alice.send("/app/routing/sellers/codes", code="rom-001", advisor_id=admin.world.bob.id)
    assert "nobody's:" not in read(admin.alice.open("/app/routing/sellers")).text


# --- the client book


def test_a_file_is_shown_with_every_rejected_row_and_saved_only_when_pressed(admin: Admin) -> None:
    path = upload(admin, FILE).get_json()["redirect"]
    text = read(admin.alice.open(path)).text
    assert "1 new" in text and "1 not taken" in text and "Save 1 client" in text
    assert "“=HYPERLINK(1)” is no e-mail address." in text and "Nothing is saved yet." in text
    assert rows(admin, BookEntry) == []
    (file,) = rows(admin, BookImport)
    assert admin.alice.send(f"{path}/apply", digest=file.digest).get_json()["toast"] == "1 client saved."
    assert len(rows(admin, BookEntry)) == 1
    assert admin.alice.send(f"{path}/apply", digest=file.digest).status_code == 409
    assert "Bob Laurent 1" in read(admin.alice.open("/app/advisors/client-book")).text


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (
            "name;vendeur\nCleo;Bob\n",
            "The file has the columns “name”, “vendeur”. It needs a column “advisor” and one of",
        ),
        ("", "Choose a file first."),
        (b"\xff\xd8\xff\xe0", "The file is not in UTF-8."),
        ("email,advisor\n" + "x" * 1_999_990, "The file is larger than 2 MB."),
    ],
)
def test_a_wrong_column_is_a_sentence_on_the_page_and_nothing_is_saved(admin: Admin, raw, sentence) -> None:
    answer = upload(admin, raw)
    assert answer.status_code == 422 and answer.mimetype == "text/html"
    assert "Nothing was saved" in answer.text and sentence in answer.text.replace("&#39;", "'")
    assert rows(admin, BookImport) == [] and rows(admin, BookEntry) == []


def test_rejected_rows_are_a_file_no_spreadsheet_runs_and_its_address_is_for_that_file_alone(admin: Admin) -> None:
    path = upload(admin, FILE).get_json()["redirect"]
    address = admin.alice.send(f"{path}/rejected").get_json()["open"]
    answer = admin.app.test_client().get(address)
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    cells = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert cells[1][0] == "3" and cells[1][2] == "'=HYPERLINK(1)"
    token = address.split("/")[2]
    assert admin.app.test_client().get(f"/export/{token}/json").status_code == 404


def test_a_file_put_aside_leaves_the_book_as_it_was(admin: Admin) -> None:
    path = upload(admin, FILE).get_json()["redirect"]
    assert admin.alice.send(f"{path}/drop").status_code == 200
    assert rows(admin, BookEntry) == [] and "Put aside" in read(admin.alice.open(path)).text


# --- staff


def known(**changed: Any) -> list[StaffMember]:
    people = {
        7: StaffMember("gid://shopify/StaffMember/7", "Bob Laurent", "bob@verdane.example", "", False),
        8: StaffMember("gid://shopify/StaffMember/8", "Inès Aubry", "ines@verdane.example", "+33639980101", False),
        9: StaffMember("gid://shopify/StaffMember/9", "Anna Blum", "anna@verdane.example", "", True),
    }
    return list((people | changed).values())


@pytest.fixture
def staff(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    told: dict[str, Any] = {"found": known()}
    monkeypatch.setattr("shopify_app.admin_api.orders.ShopifyOrders.everyone", lambda self, shop_id: told["found"])
    return told


def test_staff_is_shown_and_only_who_is_ticked_is_taken_over_as_shopify_has_them(admin: Admin, staff) -> None:
    text = read(admin.alice.open("/app/advisors/staff")).text
    assert "New as advisors" in text and "Inès Aubry" in text and "Anna Blum" not in text
    assert admin.alice.send("/app/advisors/staff").get_json()["toast"] == "Nobody was ticked; nothing changed."
    told = admin.alice.send(
        "/app/advisors/staff", staff=["gid://shopify/StaffMember/8", "gid://shopify/StaffMember/66"]
    )
    assert told.get_json()["toast"] == "1 advisor taken over."
    (inès,) = [a for a in rows(admin, Advisor) if a.staff_gid == "gid://shopify/StaffMember/8"]
    assert (inès.name, inès.email, inès.phone, inès.zone) == (
        "Inès Aubry", "ines@verdane.example", "+33639980101", "Europe/Paris")  # fmt: skip
    assert "Inès Aubry" not in read(admin.alice.open("/app/advisors/staff")).text, "known now"


def test_the_same_person_by_e_mail_keeps_one_entry_and_one_who_left_in_shopify_is_closed_here(
    admin: Admin, staff
) -> None:
    with admin.database.begin() as session:
        session.get_one(Advisor, admin.world.bob.id).staff_gid = None
    text = read(admin.alice.open("/app/advisors/staff")).text
    assert "The same person, by e-mail" in text
    admin.alice.send("/app/advisors/staff", staff="gid://shopify/StaffMember/7")
    before = len(rows(admin, Advisor))
    staff["found"] = [StaffMember("gid://shopify/StaffMember/7", "Bob Laurent", "", "", True)]
    assert "Left in Shopify: close their desk" in read(admin.alice.open("/app/advisors/staff")).text
    admin.alice.send("/app/advisors/staff", staff="gid://shopify/StaffMember/7")
    with admin.database.begin() as session:
        bob = session.get_one(Advisor, admin.world.bob.id)
    assert (bob.active, bob.staff_gid, len(rows(admin, Advisor))) == (False, "gid://shopify/StaffMember/7", before)


def test_without_the_right_the_page_says_which_and_who_gives_it(admin: Admin, staff) -> None:
    staff["found"] = None
    assert (
        "It needs the right read_users, which Shopify Support switches on"
        in read(admin.alice.open("/app/advisors/staff")).text
    )


# --- why, and another advisor


def test_a_case_says_why_at_every_level(admin: Admin) -> None:
    with admin.database.begin() as session:
        row = session.exec(select(Decision).where(Decision.shop_id == admin.world.shop_id)).one()
        about = {"seen_at": "2026-10-14T15:00:00+00:00", "confidence": "strong", "advisor_id": admin.world.bob.id}
        row.findings = [
            {"level": "line", "saw": "1 piece credited to Bob Laurent", "verdict": "This decided it.", "counted": True,
             **about},
            {"level": "consult", "saw": "", "verdict": "Nothing seen.", "counted": False},
        ]  # fmt: skip
        session.add(row)
    for path in (f"/app/cases/{admin.world.case.id}", f"/app/returns/{admin.world.rma.id}"):
        text = read(admin.alice.open(path)).text
        assert "1 piece credited to Bob Laurent Staff on the line Wed 14 October. Strong This decided it." in text
        assert "Conversation before the sale: nothing seen." in text
        assert "Rule None matched; what holds for everything else. Version 1 of the rules" in text


def test_a_case_says_by_which_rule_as_it_was_then_and_what_its_clock_says(admin: Admin) -> None:
    admin.alice.open("/app/routing")
    with admin.database.begin() as session:
        row = session.exec(select(Decision).where(Decision.shop_id == admin.world.shop_id)).one()
        row.rule_id = "r1"
        session.add(row)
    text = read(admin.alice.open(f"/app/cases/{admin.world.case.id}")).text
    assert "Rule “Orders of $5,000 and more”: Order value is at least $5,000. Version 1 of the rules" in text
    assert "Promised within 2 h of opening time, by Tuesday 24 November, 12:00, Paris" in text
    assert "First answer Tuesday 24 November, 10:00, a time is reserved" in text


def test_another_advisor_is_chosen_with_a_reason_and_the_page_says_by_whom(admin: Admin) -> None:
    inès, path = second(admin), f"/app/cases/{admin.world.case.id}"
    assert fields_of(admin.alice.send(f"{path}/advisor", advisor_id=inès, reason="")) == {
        "reason": "Write a few words on why; they stay with the case."
    }
    assert set(fields_of(admin.alice.send(f"{path}/advisor", advisor_id="", reason="An old friend."))) == {"advisor_id"}
    stranger = admin.dana.bob.id
    assert set(fields_of(admin.alice.send(f"{path}/advisor", advisor_id=stranger, reason="Really?"))) == {"advisor_id"}
    done = admin.alice.send(f"{path}/advisor", advisor_id=inès, reason="An old friend.", for_client="on")
    assert done.get_json()["toast"] == "Inès Aubry was chosen by a person of the house."
    text = read(admin.alice.open(path)).text
    assert "Inès Aubry was chosen instead of Bob Laurent by staff member 7" in text and "“An old friend.”" in text
    assert "On its way to the order in Shopify." in text and "Handed over" in text
    with admin.database.begin() as session:
        assert session.get_one(Case, admin.world.case.id).advisor_id == inès
        entry = client_book.find(session, shop_id=admin.world.shop_id, email="cleo@example.com")
        assert entry is not None and entry.advisor_id == inès


def test_a_return_that_is_not_decided_yet_offers_no_other_advisor(admin: Admin) -> None:
    with admin.database.begin() as session:
        rma = cast.cleos_return(
            session, session.merge(admin.world.shop), return_gid="gid://shopify/Return/78", price=Money(1, "USD")
        )
        path = f"/app/returns/{rma.id}"
    assert "Another advisor" not in read(admin.alice.open(path)).text


@pytest.fixture
def named(admin: Admin) -> str:
    """A simple return on which the rules name Bob; its page."""
    with admin.database.begin() as session:
        about: dict[str, Any] = {
            "policy_version": 1,
            "total_cents": 90_000,
            "currency": "USD",
            "decided_at": NOW,
            "level": Level.LINE,
        }
        session.add(
            Decision(
                shop_id=admin.world.shop_id, return_gid="gid://shopify/Return/77", order_gid="gid://shopify/Order/77",
                outcome=Outcome.NAMED, advisor_id=admin.world.bob.id, words="Bob Laurent sold the piece.", **about,
            )
        )  # fmt: skip
    return f"/app/returns/{admin.simple_id}"


def test_another_advisor_is_named_on_a_simple_return_and_the_client_reads_the_new_name(admin: Admin, named) -> None:
    inès = second(admin)
    assert "Bob Laurent is named on this return." in read(admin.alice.open(named)).text
    for given, field in (
        ({"advisor_id": inès, "reason": ""}, "reason"),
        ({"advisor_id": "²", "reason": "An old friend."}, "advisor_id"),
        ({"advisor_id": admin.dana.bob.id, "reason": "Really?"}, "advisor_id"),
        ({"advisor_id": admin.world.bob.id, "reason": "Again."}, "advisor_id"),
    ):
        assert set(fields_of(admin.alice.send(f"{named}/advisor", **given))) == {field}
    assert rows(admin, SellerChoice) == []
    assert admin.stranger.send(f"{named}/advisor", advisor_id=inès, reason="Mine now.").status_code == 404
    done = admin.alice.send(f"{named}/advisor", advisor_id=inès, reason="An old friend.")
    assert "counts at its next return" in done.get_json()["toast"]
    text = read(admin.alice.open(named)).text
    assert "Inès Aubry is named on this return." in text
    assert "Inès Aubry was chosen instead of Bob Laurent by staff member 7" in text
    with admin.database.begin() as session:
        token = cast.return_link(session, session.get_one(Rma, admin.simple_id))
    client = admin.app.test_client().get(f"/r/{token}").text
    assert "Inès Aubry" in client and "Bob Laurent" not in client
