"""Writing from the desk: looked at first, sent with the second tap, once, to exactly who was shown."""

import pytest
from sqlmodel import select

from consults.models import Case
from notifications.models import Message
from tests import cast
from tests.pages.words import csrf, text

WORDS = "I found two lower settings for you."


@pytest.fixture
def sheet(world, at_desk):
    """The page, and what a form of it carries."""
    client, path = at_desk(world.bob), f"/desk/cases/{world.case.id}/write"
    return client, path, {"csrf": csrf(client.get(path).text), "channel": "email", "words": WORDS, "once": "o"}


def sent(made) -> list[Message]:
    return made(lambda s: list(s.exec(select(Message).where(Message.name == "advisor_note"))))


def seen(answer) -> str:
    return answer.text.split('name="seen" value="')[1].split('"')[0]


def test_the_first_tap_looks_and_the_second_sends_once(sheet, made, world) -> None:
    client, path, form = sheet
    looked = client.post(path, data=form)
    assert looked.status_code == 200 and sent(made) == []
    assert "Mrs Whitlock will read this, by email to cleo@example.com. Nobody else." in text(looked.text)
    for expected in (303, 400):
        assert client.post(path, data=form | {"seen": seen(looked)}).status_code == expected
    assert [(m.channel, m.recipient, WORDS in m.body) for m in sent(made)] == [("email", "cleo@example.com", True)]
    case = made(lambda s: s.get_one(Case, world.case.id))
    assert case.first_answer_how == "wrote"
    assert "Bob Laurent wrote by email" in text(client.get(f"/desk/cases/{world.case.id}").text)


def test_other_words_than_those_looked_at_are_looked_at_again(sheet, made) -> None:
    client, path, form = sheet
    looked = client.post(path, data=form)
    again = client.post(path, data=form | {"seen": seen(looked), "words": "Our policy is final sale."})
    assert again.status_code == 200 and sent(made) == []
    assert "Leave unsaid “Our policy”" in text(again.text)
    assert client.post(path, data=form | {"seen": seen(again), "words": "Our policy is final sale."}).status_code == 303


def test_another_address_than_the_one_shown_is_looked_at_again(sheet, made, world) -> None:
    client, path, form = sheet
    looked = client.post(path, data=form)
    made(lambda s: setattr(s.get_one(Case, world.case.id), "client_email", "new@example.com"))
    again = client.post(path, data=form | {"seen": seen(looked)})
    assert again.status_code == 200 and "new@example.com" in again.text and sent(made) == []


def test_a_text_is_offered_only_to_who_agreed_to_texts(sheet, made, world) -> None:
    client, path, form = sheet
    assert 'value="sms"' not in client.get(path).text
    assert client.post(path, data=form | {"channel": "sms"}).status_code == 400 and sent(made) == []
    made(lambda s: setattr(s.get_one(Case, world.case.id), "client_texts_ok", True))
    assert 'value="sms"' in client.get(path).text


def test_the_page_asks_for_marks_as_one_types_and_nothing_is_kept(sheet, row_counts) -> None:
    client, _, form = sheet
    before = row_counts()
    told = client.post("/desk/phrases", data={"csrf": form["csrf"], "words": "Leider ist es Endverkauf."}).json["marks"]
    assert [mark["words"] for mark in told] == ["Leider", "Endverkauf"] and all(mark["better"] for mark in told)
    assert client.post("/desk/phrases", data={"words": "Leider"}).status_code == 403, "only with the session's token"
    assert row_counts() == before


def test_dana_of_another_shop_writes_to_nobody_of_alices(world, at_desk, made) -> None:
    client = at_desk(made(cast.dana).bob)
    assert client.get(f"/desk/cases/{world.case.id}/write").status_code == 404
    own = csrf(client.get("/desk/times").text)
    form = {"csrf": own, "channel": "email", "words": WORDS, "once": "o"}
    assert client.post(f"/desk/cases/{world.case.id}/write", data=form).status_code == 404 and sent(made) == []
