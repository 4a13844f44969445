"""Each form of the admin, each field wrong in each way: a sentence at the field, and nothing of it is kept.

Every form is filled in well but for what a case names; sent as it stands it is taken, which the last look of each case
shows, so that a case fails for its own field and for no other.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.pages.admin_world import Admin
from tests.pages.admin_world_shared import changed, everything, open_shared

LONG = "9" * 5000  # more digits than Python reads as a number
TWO = "²"  # a digit, and no number
HUGE = "1e30"
VAST = "1" + "0" * 20  # more than a column holds


@pytest.fixture(scope="module")
def admin(sqlite_template, run_dir) -> Iterator[Admin]:
    with open_shared(sqlite_template, run_dir) as made:
        yield made


Form = dict[str, str]
Wrong = tuple[str, str, str]  # field, what stands in it, what is said of it
COUNTRY = "Write the country as two letters, for example FR."
NUMBER = "Write the number clients can ring, for example +33 1 84 88 00 00."


def letters(most: int) -> str:
    return f"At most {most} letters fit here."


def minutes(name: str) -> list[Wrong]:
    said = "Write minutes in figures, from 1 to 2400."
    return [(name, given, said) for given in ("", "0", "-5", "1.5", TWO, "soon", "99999999")]


SETTINGS = {
    "house": "Verdane Paris",
    "telephone": "+33 1 84 88 00 00",
    "telephone_hours": "10 to 19",
    "receiving_name": "R. P.",
    "receiving_street1": "2 quai",
    "receiving_city": "Paris",
    "receiving_country": "fr",
    "two_people": "100,000",
    "most_deducted_percent": "50",
    "collects_in": "fr, CH",
    "room_provider": "embedded",
    "courier_email": "desk@courier.example",
}
AMOUNT = "Write a value in figures, for example 100000. 0 means every piece."
SETTINGS_WRONG = [
    ("house", "V" * 61, letters(60)),
    ("telephone", "1234", NUMBER),
    ("telephone", "ring us", NUMBER),
    ("telephone", "+" + "1" * 40, letters(40)),
    ("telephone_hours", "t" * 121, letters(120)),
    ("receiving_name", " ", "Write a neutral name; it is read by whoever sees the box."),
    ("receiving_name", "n" * 61, letters(60)),
    ("receiving_street1", "", "Write the street and number."),
    ("receiving_city", "", "Write the town."),
    ("receiving_country", "", COUNTRY),
    ("receiving_country", "XQ", COUNTRY),
    ("receiving_country", "F", COUNTRY),
    ("receiving_postal_code", "7" * 21, letters(20)),
    ("restock_location_gid", "gid://shopify/Location/1", "Choose one of your boutiques."),
    ("courier_email", "desk@", "Write the address collections are asked for at, for example desk@courier.example."),
    ("two_people", "", AMOUNT),
    ("two_people", "a lot", AMOUNT),
    ("two_people", "-1", AMOUNT),
    ("two_people", HUGE, AMOUNT),
    ("two_people", VAST, AMOUNT),
    ("two_people", "NaN", AMOUNT),
    ("most_deducted_percent", "", "Write a whole number from 0 to 100."),
    ("most_deducted_percent", "101", "Write a whole number from 0 to 100."),
    ("most_deducted_percent", "٥٠", "Write a whole number from 0 to 100."),
    ("collects_in", "FR, Atlantis", "“ATLANTIS” is no country. Write two letters each, for example FR, CH."),
    ("room_provider", "carrier pigeon", "Choose one of the rooms."),
    ("room_link", "meet.yourhouse.com", "Write the whole address with its https://, for example "
                                        "https://meet.yourhouse.com/salon."),
]  # fmt: skip

ADVISOR = {
    "name": "Bob Laurent",
    "phone": "+33 1 84 88 00 17",
    "email": "b@v.fr",
    "languages": "fr, en",
    "active": "on",
    "boutique": "{boutique}",
    "staff": "7",
    "role": "advisor",
    "budget": "600",
    "zone": "Europe/Paris",
    "limit_own": "5",
    "limit_pool": "5",
    "weight": "10",
    "hours-0": "10:00–18:00",
    "line": "",
    "deputy": "",
}
MOBILE = "Write the number with its country code, for example +33 6 12 34 56 78."
MAIL = "Write an e-mail address, for example ines@house.com."
TONGUES = "Write language codes with commas between them, for example fr, en."
BUDGET = "Write a whole amount, for example 600, or leave it empty."
HOURS = "Write from and to, for example 10:00–13:00, 14:00–18:00."
LINE = "Write the number with its country code, as in +33 1 84 88 00 20, or leave it empty."
STAFF = "Write the number alone, for example 90871230001, or leave it empty."
ADVISOR_WRONG = [
    ("name", " ", "Write the name clients read."),
    ("name", "n" * 201, "Write the name clients read."),
    ("phone", "06 12 34 56 78", MOBILE),
    ("phone", "", "Write a mobile number: texts about new returns go there. Without texts, tick “Asked for no texts”."),
    ("email", "bob at verdane", MAIL),
    ("languages", "", TONGUES),
    ("languages", "fr, klingonese", TONGUES),
    ("boutique", "{dana_boutique}", "Choose one of your boutiques."),
    ("boutique", LONG, "Choose one of your boutiques."),
    ("serves", "{dana_boutique}", "Choose one of your boutiques."),
    ("staff", "number seven", STAFF),
    ("staff", "7" * 21, STAFF),
    ("role", "king", "Choose what they are."),
    ("budget", "-1", BUDGET),
    ("budget", "12.50", BUDGET),
    ("budget", TWO, BUDGET),
    ("budget", "10000000", BUDGET),
    ("zone", "Paris", "Write a time zone by its name, for example Europe/Paris."),
    ("limit_own", "501", "Write a whole number from 0 to 500."),
    ("limit_own", TWO, "Write a whole number from 0 to 500."),
    ("limit_pool", LONG, "Write a whole number from 0 to 500."),
    ("weight", "0", "Write a whole number from 1 to 1000."),
    ("hours-0", "ten to six", HOURS),
    ("hours-3", "10:00-10:00", HOURS),
    ("hours-6", "10:00-14:00, 13:00-18:00", HOURS),
    ("line", "our line", LINE),
    ("deputy", "{dana}", "Choose somebody of your house."),
    ("deputy", LONG, "Choose somebody of your house."),
    ("deputy", "{bob}", "Bob Laurent can't be their own deputy."),
]

BOUTIQUE = {
    "name": "Paris",
    "location": "",
    "telephone": "+33 1 84 88 00 10",
    "zone": "Europe/Paris",
    "monday": "10:00–13:00, 14:00–19:00",
    "holidays": "2026-12-25 Christmas",
    "line": "",
}
HOW = "Write it as 10:00–19:00, with a comma between two stretches, or leave it empty for a closed day."
BOUTIQUE_WRONG = [
    ("name", "", "Write the name clients read."),
    ("location", "here", "Write the number alone, for example 71122330001, or leave it empty."),
    ("telephone", "1234", NUMBER),
    ("address", "a" * 201, "At most 200 letters fit here."),
    ("zone", "Atlantis", "“Atlantis” is no time zone we know. Write it as Europe/Paris."),
    ("monday", "", "Open on one day at least; a boutique that never opens can promise nothing."),
    ("tuesday", "all day", f"Tuesday: “all day” are no hours. {HOW}"),
    ("tuesday", "25:00–26:00", f"Tuesday: “25:00–26:00” are no hours. {HOW}"),
    ("tuesday", "19:00–10:00", f"Tuesday ends before it begins. {HOW}"),
    ("sunday", "14:00–18:00, 10:00–13:00", "Sunday: two stretches overlap, or stand in the wrong order."),
    ("holidays", "Christmas", "Line 1: “Christmas” is no date. Write it as 2026-12-25."),
    ("holidays", "2026-12-25\n2027-02-29", "Line 2: “2027-02-29” is no date. Write it as 2026-12-25."),
    ("holidays", "2026-12-25\n2026-12-25 again", "Line 2: 2026-12-25 stands here twice."),
    ("line", "ours", LINE),
]

PROMISES = {"usual": "240", "from_1": "25,000", "minutes_1": "60", "quiet_from": "21:00", "quiet_until": "8"}
VALUE = "Write a value in figures, above nothing, for example 25000."
PROMISES_WRONG = [
    *minutes("usual"),
    *minutes("minutes_1"),
    ("from_1", "dear", VALUE),
    ("from_1", "0", VALUE),
    ("from_1", "-5", VALUE),
    ("quiet_from", "evening", "Write a time of day, for example 21:00."),
    ("quiet_until", "24:00", "Write a time of day, for example 21:00."),
    ("quiet_until", "8:60", "Write a time of day, for example 21:00."),
]

COVER = {
    "way": "label",
    "payer": "carrier",
    "carrier": "",
    "insurer": "Harbour Mutual",
    "policy_number": "HM-77",
    "limit": "25,000",
    "lanes": "FR-FR, *-US",
    "excluded": "",
    "valid_from": "2026-01-01",
    "valid_until": "",
}
LIMIT = "Write an amount in USD, for example 25000."
LANE = "is not a way between two countries. Write FR-US, or *-FR for any to France."
COVER_WRONG = [
    ("way", "balloon", "Choose how the piece travels."),
    ("payer", "nobody", "Choose who covers."),
    ("insurer", " ", "Write who insures it."),
    ("insurer", "i" * 121, letters(120)),
    ("policy_number", "", "Write the number of the policy, by which the cover can be proved."),
    ("carrier", "c" * 61, letters(60)),
    ("limit", "", LIMIT),
    ("limit", "0", LIMIT),
    ("limit", HUGE, LIMIT),
    ("limit", VAST, LIMIT),
    ("day", "much", LIMIT),
    ("vehicle", "-3", LIMIT),
    ("lanes", "FR-FR, Paris", f"PARIS {LANE}"),
    ("valid_until", "2025-12-31", "The last day is before the first."),
]

WAY = {"title": "Resize", "words": "", "kind": "resize", "cost": "0", "from": "", "per_week": "3", "lead_days": "14"}
WAY_WRONG = [
    ("title", " ", "Say in a few words what it is; at most 80 letters."),
    ("title", "t" * 81, "Say in a few words what it is; at most 80 letters."),
    ("words", "w" * 201, "At most 200 letters fit here."),
    ("kind", "magic", "Choose what it is."),
    ("cost", "-1", "Write what it costs the house, 0 for nothing."),
    ("cost", HUGE, "Write what it costs the house, 0 for nothing."),
    ("from", "some", "Write an amount, or leave it empty."),
    ("per_week", "0", "A whole number from 1 to 500."),
    ("per_week", LONG, "A whole number from 1 to 500."),
    ("lead_days", TWO, "A whole number from 0 to 730."),
]

CARE = {"contact_most": "7", "contact_days": "45", "klaviyo_key": ""}
CARE_WRONG = [
    ("contact_most", "21", "A whole number from 0 to 20."),
    ("contact_most", TWO, "A whole number from 0 to 20."),
    ("contact_days", "0", "A whole number from 1 to 365."),
    ("contact_days", LONG, "A whole number from 1 to 365."),
    ("klaviyo_key", "sk_live", "A private key of Klaviyo begins with pk_."),
]

MONEY = {"finance_confirms": "on", "above": "5000", "house_refund_days": "5"}
SUM, DAYS = "Write an amount, for example 5000.", "Write a number of working days, from 1 to 60."
MONEY_WRONG = [
    ("above", "much", SUM),
    ("above", "-1", SUM),
    ("above", HUGE, SUM),
    ("above", VAST, SUM),
    *[("house_refund_days", given, DAYS) for given in ("", "0", "61", TWO, "five", LONG)],
]

PLACES = {"attribute_keys": "advisor", "client_metafield": "custom.advisor", "client_tag": "advisor:",
          "consult_days": "30"}  # fmt: skip
METAFIELD = "Write namespace and key with a dot between them, for example custom.advisor."
PLACES_WRONG = [
    ("attribute_keys", "k" * 101, "Name 20 attributes at most, with commas between them."),
    ("client_metafield", "advisor", METAFIELD),
    ("client_tag", "a", "Write what comes before the code in the tag, for example advisor:"),
    *[("consult_days", given, "Write a number of days from 1 to 365.") for given in ("", "0", "366", TWO, LONG)],
]

ORDER = {f"place_{name}": str(at) for at, name in enumerate(
    ("line", "write_back", "code", "consult", "order", "client", "boutique"), start=1)}  # fmt: skip
OWN_PLACE = "Give it a place of its own, from 1 to 7."

MARKS = {"tier_metafield": "custom.tier", "made_to_order": "made-to-order", "final_sale": "final-sale"}
MARKS_WRONG = [
    ("tier_metafield", "tier", "Write namespace and key with a dot between them, for example custom.tier."),
    ("made_to_order", " , ", "Write the tags or line attributes, for example made-to-order."),
    ("final_sale", "", "Write the tags or line attributes, for example final-sale."),
    ("final_sale", "Made-to-Order", "“made-to-order” already stands for made to order."),
]

LOOK = {"accent": "#233b33", "on_accent": "#ffffff", "face": "modern"}
COLOUR = "Write the colour as # and six signs, for example #233b33."
LOOK_WRONG = [
    ("accent", "green", COLOUR),
    ("on_accent", "#fff", COLOUR),
    ("face", "comic", "Choose one of the headings."),
    ("accent", "#cccccc", "Text on it reads at 1.6 to 1. At least 4.5 is needed, so that everybody can read it. "
                          "Choose a darker or a lighter one of the two."),
]  # fmt: skip
WORDS = {"one_fr": "pièce", "several_fr": "pièces", "gender_fr": "f"}
WORDS_WRONG = [
    ("one_fr", "", "Write the word for one, and for several."),
    ("several_fr", "", "Write the word for one, and for several."),
    ("one_fr", "p" * 31, letters(30)),
    ("gender_fr", "", "Choose its gender, as sentences around it depend on it."),
    ("gender_fr", "n", "Choose its gender, as sentences around it depend on it."),
]

PHRASES_WRONG = [
    ("words", " ", "Write the words to leave unsaid, at most 80 letters."),
    ("words", "w" * 81, "Write the words to leave unsaid, at most 80 letters."),
    ("better", "", "Write what to say instead, at most 200 letters."),
    ("better", "b" * 201, "Write what to say instead, at most 200 letters."),
]
COMMISSION_WRONG = [
    ("kind", "half", "Choose what happens to the credit for the sale."),
    *[("percent", given, "Write a share between 1 and 100.") for given in ("", "0", "101", TWO, "ten", LONG)],
]
BONUS = "Write the bonus as an amount, for example 150."
CODE_WRONG = [
    ("code", "N", "Write a code of 2 to 64 signs, for example NYC-017."),
    ("code", "N" * 65, "Write a code of 2 to 64 signs, for example NYC-017."),
    *[("advisor_id", given, "Choose whose code it is.") for given in ("", TWO, LONG, "{dana}", "999999")],
]
SENDER = {"name": "Cleo Whitlock", "street1": "14 rue de Thorigny", "city": "Paris", "postal_code": "75003",
          "country": "FR"}  # fmt: skip
SENDER_WRONG = [
    ("name", "", "Write the name of whoever sends it."),
    ("name", "n" * 61, letters(60)),
    ("street1", " ", "Write the street and number."),
    ("city", "", "Write the town."),
    ("country", "France", COUNTRY),
    ("country", "XQ", COUNTRY),
    ("phone", "1" * 41, letters(40)),
]

FORMS: dict[str, tuple[str, Form, list[Wrong]]] = {
    "settings": ("/app/settings", SETTINGS, SETTINGS_WRONG),
    "an advisor": ("/app/advisors/{bob}", ADVISOR, ADVISOR_WRONG),
    "a boutique": ("/app/routing/promises/boutiques/{boutique}", BOUTIQUE, BOUTIQUE_WRONG),
    "how soon we answer": ("/app/routing/promises", PROMISES, PROMISES_WRONG),
    "a line of the policy": ("/app/settings/cover", COVER, COVER_WRONG),
    "a way forward": ("/app/settings/catalogue", WAY, WAY_WRONG),
    "care afterwards": ("/app/settings/aftercare", CARE, CARE_WRONG),
    "money": ("/app/settings/money", MONEY, MONEY_WRONG),
    "where evidence is read": ("/app/routing/sellers/places", PLACES, PLACES_WRONG),
    "the order of evidence": ("/app/routing/sellers/order", ORDER, [
        ("place_line", "8", OWN_PLACE), ("place_code", "", OWN_PLACE), ("place_boutique", TWO, OWN_PLACE)]),
    "an advisor's code": ("/app/routing/sellers/codes", {"code": "NYC-017", "advisor_id": "{bob}"}, CODE_WRONG),
    "marks of an order": ("/app/routing/marks", MARKS, MARKS_WRONG),
    "who stands in": ("/app/routing/default", {"default_advisor": "{bob}"}, [
        ("default_advisor", "{dana}", "Choose somebody who works here.")]),
    "no rule matches": ("/app/routing/otherwise", {"otherwise": "both"}, [
        ("otherwise", "", "Choose what the client sees."), ("otherwise", "maybe", "Choose what the client sees.")]),
    "the look": ("/app/settings/look", LOOK, LOOK_WRONG),
    "words for a piece": ("/app/settings/look/words", WORDS, WORDS_WRONG),
    "a phrase": ("/app/settings/phrases", {"words": "cheap", "better": "within reach"}, PHRASES_WRONG),
    "the credit, shared": ("/app/advisors/commission", {"kind": "share", "percent": "40"}, COMMISSION_WRONG),
    "the credit, as a bonus": ("/app/advisors/commission", {"kind": "bonus", "bonus": "150"}, [
        ("bonus", given, BONUS) for given in ("", "0", "-1", "lots", HUGE)]),
    "where the client sends from": ("/app/returns/{simple}/sender", SENDER, SENDER_WRONG),
}  # fmt: skip


def places_of(admin: Admin) -> dict[str, Any]:
    world, dana = admin.world, admin.dana
    return {
        "bob": world.bob.id,
        "dana": dana.bob.id,
        "boutique": world.boutique.id,
        "dana_boutique": dana.boutique.id,
        "simple": admin.simple_id,
        "rma": world.rma.id,
        "case": world.case.id,
    }


def mark(admin: Admin) -> str:
    """What a form about rules carries, so that it changes only what its reader saw."""
    return re.findall(r'name="mark" value="([^"]+)"', admin.alice.open("/app/routing").text)[0]


def filled(admin: Admin, form: Form) -> Form:
    form = {**form, "mark": mark(admin)} if "otherwise" in form else form
    return {name: value.format(**places_of(admin)) for name, value in form.items()}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_wrong_is_said_at_its_field_and_nothing_of_the_form_is_kept(admin: Admin, name: str):
    path, good, wrongs = FORMS[name]
    path, before, said = path.format(**places_of(admin)), everything(admin.database), []
    for field, value, _ in wrongs:
        answer = admin.alice.send(path, **filled(admin, {**good, field: value}))
        error: dict[str, Any] = (
            answer.get_json()["error"] if answer.status_code == 422 else {"message": answer.text, "fields": {}}
        )
        said.append((field, value[:60], error["fields"].get(field if field != "serves" else "boutique")))
        assert not error["fields"] or error["message"].startswith("Nothing was saved yet. ")
    assert said == [(field, value[:60], sentence) for field, value, sentence in wrongs]
    assert changed(before, everything(admin.database)) == set()
    assert admin.alice.send(path, **filled(admin, good)).status_code == 200, "without the slip it is taken"
    assert changed(before, everything(admin.database)), "and kept"


def test_a_rule_is_put_right_field_by_field_and_the_draft_stays_as_it_was(admin: Admin):
    made = admin.alice.send("/app/routing/rules", mark=mark(admin)).get_json()["redirect"]
    good = {"name": "Dear", "kind_0": "order_value", "values_0": "5000", "outcome": "assisted", "enabled": "on"}
    wrongs = [
        ("name", " ", "Give the rule a name, at most 120 letters."),
        ("name", "n" * 121, "Give the rule a name, at most 120 letters."),
        ("kind_0", "the weather", "Choose what the rule looks at."),
        ("outcome", "", "Choose what the client sees first."),
        ("outcome", "refuse", "Choose what the client sees first."),
    ]
    before = everything(admin.database)
    for field, value, sentence in wrongs:
        fields = admin.alice.send(made, **{**good, field: value}).get_json()["error"]["fields"]
        assert fields[field.replace("kind", "values")] == sentence
    unread = admin.alice.send(made, **{**good, "values_0": "a lot"}).get_json()["error"]["fields"]
    assert list(unread) == ["values_0"] and unread["values_0"]
    assert changed(before, everything(admin.database)) == set()
    assert admin.alice.send(made, **good, mark=mark(admin)).status_code == 200


def test_a_form_about_something_of_another_shop_finds_nothing_and_changes_nothing(admin: Admin):
    before = everything(admin.database)
    for path, good, _ in FORMS.values():
        if "{" in path:
            answer = admin.stranger.send(path.format(**places_of(admin)), **filled(admin, good))
            assert answer.status_code == 404, path
            assert "Bob" not in answer.text and "Cleo" not in answer.text
    assert changed(before, everything(admin.database)) == set()


@pytest.mark.parametrize("given", [TWO, LONG, "x", ""])
def test_an_id_that_is_none_asks_to_load_the_page_again(admin: Admin, given: str):
    for path in ("payment", "payment/aside"):
        answer = admin.alice.send(f"/app/returns/{admin.world.rma.id}/{path}", settlement_id=given)
        said = answer.get_json()["error"]["fields"]
        assert said == {"settlement_id": "Load this page again; the amount is not known any more."}
    assert admin.alice.send(f"/app/measures/file?kind=pilot&pilot={given}").status_code == 404
    left = admin.alice.send(f"/app/advisors/{admin.world.bob.id}/leave", successor=given or "0")
    assert left.status_code in (404, 422) and admin.alice.send("/app/activity/jobs/99/retry").status_code == 404


@pytest.mark.parametrize("given", [TWO, LONG, "-3", "many", "1.5", "1" + "0" * 9])
def test_visits_are_a_whole_number_or_nothing(admin: Admin, given: str):
    fields = admin.alice.send("/app/history/visits", visits=given).get_json()["error"]["fields"]
    assert fields == {"visits": "A whole number is needed, or nothing."}


@pytest.mark.parametrize(
    ("field", "given", "sentence"),
    [
        *[(name, given, "A whole number of per cent between 1 and 99 is needed.")
          for name in ("before", "hoped") for given in ("", "0", "100", TWO, LONG)],
        *[("limit", given, "An amount in figures is needed.") for given in ("dear", "-1", HUGE, VAST)],
    ],
)  # fmt: skip
def test_a_pilot_begins_on_clear_figures_only(admin: Admin, field: str, given: str, sentence: str):
    before = everything(admin.database)
    form = {"limit": "5000", "before": "20", "hoped": "40", "mode": "compare"}
    assert admin.alice.send("/app/pilot", **{**form, field: given}).get_json()["error"]["fields"][field] == sentence
    assert changed(before, everything(admin.database)) == set()
