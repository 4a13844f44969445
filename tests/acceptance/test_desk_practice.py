"""Issue 7, practice: scripts that hold together, a score that repeats, nothing of a client, a result of one's own."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from consults.kinds import RootCause, StaffRole
from consults.models import Case
from consults.practice.anonymous import STARTERS, without_names
from consults.practice.hearing import Said, hear
from consults.practice.model import Spoken
from consults.practice.models import PracticeRun
from consults.practice.scenes import MOST_TURNS, Scripted, Turn, is_over, play, scene_for, scenes
from consults.practice.scoring import A_STEP, PHRASES, score
from consults.unsaid.checking import Own, marks
from shopify_app.auth import form_token
from tests import cast
from tests.acceptance.callers_under_test import Everywhere, furnish
from tests.pages.admin_world import Admin, open_admin
from tests.pages.words import text

MODEL = "https://model.example/v1/chat/completions"
GOOD = {
    "proportion": (
        "Of course. Let me take a look at it.",
        "What did you picture when you chose it?",
        "How did it feel to wear it that evening?",
        "Please bring your husband along.",
        "We could lower the setting at the bench and keep the stone.",
        "You will have two sketches by Thursday.",
    ),
    "gift": (
        "Of course. I am glad you came.",
        "What did you hope for when you opened it?",
        "Who would you have chosen it with?",
        "Would you like to bring your sister?",
        "I could show you both another piece, from what they gave.",
        "I will put three aside for Saturday.",
    ),
    "second_thoughts": (
        "Of course. Tell me how it has been.",
        "What was that day like?",
        "What happened that morning?",
        "Perhaps your brother would like to come along with you.",
        "I can keep it for you for as long as you need.",
        "I will ring you on the 12th.",
    ),
    "quality": (
        "That is ours. Thank you for telling me.",
        "What has it been like to wait?",
        "When do you need it?",
        "Your mother is welcome to join us.",
        "We could put it right at the bench.",
        "You will have it back by Friday.",
    ),
}  # fmt: skip
SPOKEN = st.lists(st.text(max_size=60) | st.sampled_from(sum(GOOD.values(), ())), max_size=10)


def played(key: str, words: Any) -> list[Turn]:
    turns: list[Turn] = []
    for said in words:
        if is_over(scenes()[key], turns):
            break
        turns.append(play(scenes()[key], turns, said))
    return turns


def test_at_least_four_scenes_ship_each_for_a_kind_of_case() -> None:
    assert {"proportion", "gift", "second_thoughts", "quality"} <= set(scenes()) == set(GOOD)
    for cause in RootCause:
        assert scene_for(cause).key in scenes()
    assert scene_for(RootCause.GIFT_MISMATCH).key == "gift" and scene_for(RootCause.QUALITY).key == "quality"


@pytest.mark.parametrize("key", sorted(GOOD))
def test_every_way_through_a_script_is_there_ends_and_tells_the_reason_only_to_who_asks(key: str) -> None:
    scene = scenes()[key]
    ways = {
        name: {*beat.hears.values(), *([beat.otherwise] if not beat.ends else [])} for name, beat in scene.beats.items()
    }
    assert all(to in scene.beats for follows in ways.values() for to in follows)
    reached, left = {scene.begin}, [scene.begin]
    while left:
        for to in ways[left.pop()] - reached:
            reached.add(to)
            left.append(to)
    assert reached == set(scene.beats)
    for name, beat in scene.beats.items():
        assert beat.says and set(beat.hears) <= {said.value for said in Said}
        assert bool(ways[name]) is not beat.ends
        assert marks(beat.says) == [], "nobody in a scene is quoted saying it"
    told = {name for name, beat in scene.beats.items() if beat.reveals}
    leading = {said for beat in scene.beats.values() for said, to in beat.hears.items() if to in told}
    assert leading <= {"ask", "own"} and not told & {beat.otherwise for beat in scene.beats.values()}


@pytest.mark.parametrize("key", sorted(GOOD))
def test_who_takes_all_five_steps_has_a_hundred_and_who_quotes_rules_has_little(key: str) -> None:
    turns = played(key, GOOD[key])
    assert turns[-1].beat == "promised" and score(scenes()[key], turns).points == 100
    rude = played(key, ["Unfortunately, our policy says final sale.", "It is final sale."])
    assert score(scenes()[key], rude).points <= 10 and rude[0].beat == "cool"
    own = score(scenes()[key], turns, own=[Own(GOOD[key][0].split(".")[0], "x")])
    assert own.points == 95, "the house's own phrases count"


@given(st.sampled_from(sorted(GOOD)), SPOKEN)
def test_the_same_transcript_has_the_same_score_and_every_scene_comes_to_an_end(key: str, words: list[str]) -> None:
    first, again = played(key, words), played(key, words)
    assert first == again and len(first) <= MOST_TURNS
    told = score(scenes()[key], first)
    assert told == score(scenes()[key], again)
    assert 0 <= told.points <= 100 and told.points <= A_STEP * len(told.taken) + PHRASES
    endless = played(key, ["Hm."] * 40)
    assert is_over(scenes()[key], endless)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("What did you hope for?", {Said.ASK}),
        ("Did you like it?", set()),
        ("Of course.", {Said.WELCOME}),
        ("I will ring you on Thursday.", {Said.PROMISE}),
        ("I will ring you.", set()),
        ("You will have your refund by Friday.", {Said.REFUND, Said.PROMISE}),
        ("Unfortunately not.", {Said.ARGUE}),
        ("Bring your husband along.", {Said.INCLUDE}),
        ("Is your husband well?", set()),
    ],
)
def test_what_words_do(words: str, said: set[Said]) -> None:
    assert hear(words, companions=["husband"]) == said


NAME = st.from_regex(r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,10}", fullmatch=True).filter(lambda one: one.casefold() not in STARTERS)
LINE = "Tom paid €14,800 to {name} at Place Vendôme on 12 December. {name} wrote from a@b.example, and I love it."


@given(st.lists(NAME, min_size=1, max_size=4), st.integers(10, 10**7))
def test_no_name_sum_number_or_address_of_a_client_is_left(names: list[str], sum_: int) -> None:
    spoken = f"{names[0]} has it. " + " and ".join(names) + f" paid ${sum_}. my {names[-1].lower()} said so. " + LINE
    left = without_names(spoken.format(name=names[0]), names)
    assert not any(sign.isdigit() or sign in "€$@" for sign in left)
    words = {word.strip(".,…").casefold() for word in left.split()}
    assert not words & {*(name.casefold() for name in names), "tom", "vendôme", "december"}
    assert "love" in words and without_names("指輪は高すぎます", []) == ""


@responses.activate
def test_a_model_only_says_the_line_in_other_words_and_is_never_needed() -> None:
    scene, written = scenes()["gift"], Scripted()
    turns = played("gift", GOOD["gift"][:2])
    line = written.line(scene, turns, opening="")
    spoken = Spoken(MODEL, "key", "small", requests.Session())
    responses.post(MODEL, json={"choices": [{"message": {"content": " So kind,  truly. "}}]})
    assert spoken.line(scene, turns, opening="") == "So kind, truly."
    worse: tuple[dict[str, Any], ...] = (
        {"status": 500},
        {"json": {}},
        {"body": "x"},
        {"body": requests.ReadTimeout()},
        {"json": {"choices": [{"message": {"content": "x" * 601}}]}},
    )
    for bad in worse:
        responses.reset()
        responses.post(MODEL, **bad)
        assert spoken.line(scene, turns, opening="") == line
    assert spoken.line(scene, (), opening="Theirs.") == "Theirs." and len(responses.calls) == 1, (
        "the first is as written"
    )


# --- the pages


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        furnish(made)
        yield made


def runs(admin: Admin) -> list[PracticeRun]:
    with admin.database.begin() as session:
        return list(session.exec(select(PracticeRun).order_by(PracticeRun.id)))  # type: ignore[arg-type]


def test_a_scene_is_played_to_its_score_and_a_form_sent_twice_is_one_turn(admin: Admin) -> None:
    alice = Everywhere(admin, admin.alice, admin.world)
    answer = alice.desk.post("/desk/practice", data={"csrf": alice.csrf, "scene": "gift"})
    path = answer.headers["Location"]
    assert "scene of about 8 minutes" in text(alice.desk.get("/desk/practice").text)
    for version, words in enumerate(GOOD["gift"]):
        page = alice.desk.get(path).text
        assert "of 100" not in page and scenes()["gift"].motive not in page
        form = {"csrf": alice.csrf, "words": words, "version": version}
        for _ in range(2):
            assert alice.desk.post(path, data=form).status_code == (303 if version < 5 or _ == 0 else 409)
    page = text(alice.desk.get(path).text)
    assert "100 of 100" in page and scenes()["gift"].motive in page and page == text(alice.desk.get(path).text)
    assert alice.desk.post("/desk/practice", data={"csrf": alice.csrf, "scene": "none"}).status_code == 400


def test_a_scene_of_a_past_return_names_nobody(admin: Admin) -> None:
    alice = Everywhere(admin, admin.alice, admin.world)
    with admin.database.begin() as session:
        case = session.get_one(Case, admin.world.case.id)
        case.client_words, case.root_cause = "Cleo Whitlock said Tom paid $14,800. It sits too high.", RootCause.SIZE
    answer = alice.desk.post("/desk/practice", data={"csrf": alice.csrf, "case": admin.world.case.id})
    page = alice.desk.get(answer.headers["Location"]).text
    assert "It sits too high." in page
    for word in ("Cleo", "Whitlock", "Tom", "14,800", "Meridian", "<img", "#1042"):
        assert word not in page, word
    (run,) = runs(admin)
    assert (run.scene, "Whitlock" in run.opening) == ("proportion", False)


def test_a_manager_assigns_and_sees_only_that_it_is_done_and_the_advisor_owns_it(admin: Admin) -> None:
    alice, bob = Everywhere(admin, admin.alice, admin.world), admin.world.bob
    with admin.database.begin() as session:
        shop = session.merge(admin.world.shop)
        manager = cast.bob(session, shop, name="Claire Roy", role=StaffRole.MANAGER, staff_gid="g/8")
        cookie = cast.desk_cookie(session, manager)
    claire = admin.app.test_client()
    claire.set_cookie("desk", cookie, path="/desk")
    token = form_token(admin.config.secret_key, cookie)
    form = {"csrf": token, "advisor_id": bob.id, "scene": "quality"}
    assert alice.desk.post("/desk/practice/assign", data=form | {"csrf": alice.csrf}).status_code == 403
    assert claire.post("/desk/practice/assign", data=form).status_code == 303
    dana = cast.number(admin.dana.bob.id)
    assert claire.post("/desk/practice/assign", data=form | {"advisor_id": dana}).status_code == 404
    (run,) = runs(admin)
    path = f"/desk/practice/{run.id}"
    assert "Given to you" in alice.desk.get("/desk/practice").text and "Not yet" in claire.get("/desk/practice").text
    said = {"csrf": alice.csrf, "words": "My very own words.", "version": 0}
    assert alice.desk.post(path, data=said).status_code == 303
    assert alice.desk.post(path, data={"csrf": alice.csrf, "step": "end"}).status_code == 303
    assert "of 100" in alice.desk.get(path).text
    overview = claire.get("/desk/practice").text
    assert ">Done<" in overview and "of 100" not in overview and "My very own words" not in overview
    stranger = Everywhere(admin, admin.stranger, admin.dana)
    for desk, csrf in ((claire, token), (stranger.desk, stranger.csrf)):
        assert desk.get(path).status_code == 404
        assert desk.post(path, data={"csrf": csrf, "words": "x", "version": 1}).status_code == 404
