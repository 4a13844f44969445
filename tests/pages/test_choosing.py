"""Choosing what comes back: pieces and why, an advisor beside a simple return, one button, exactly one return."""

import html as entities
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from kit.money import Money
from logistics.models import LogisticsPolicy
from routing import openings
from routing.asked_models import AskedReturn, Prefers, TalkState
from routing.models import OpenedReturn, RoutingPolicy
from shopify_app.pages.portal import advising, order_pieces
from shopify_app.pages.portal.passes import Acting
from tests import cast
from tests.pages.choosing_world import (
    ENGRAVED,
    INSIDE,
    OTHER,
    PENDANT,
    RING,
    STYLE,
    TOO_LARGE,
    Shopify,
    chosen,
    order_pass,
    post,
)
from tests.pages.test_portal_storefront import forged, signed
from tests.pages.words import findings, text


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here is the database's own behaviour; tests/routing/test_asking.py asks both."""
    return sqlite_url


@pytest.fixture
def shopify(monkeypatch: pytest.MonkeyPatch) -> Shopify:
    fake = Shopify()
    for place in (order_pieces, advising):
        monkeypatch.setattr(place, "doors", lambda: (fake, fake))
    return fake


def hidden(page: str) -> list[dict[str, Any]]:
    """The fields of each form of a page, as a browser would send them."""
    found = []
    for form in re.findall(r"<form.*?</form>", page, re.S):
        fields: dict[str, Any] = {}
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
            said = entities.unescape(value)
            fields[name] = [*fields.get(name, []), said] if name == "line" else said
        action = re.search(r'action="([^"]+)"', form)
        found.append(fields | {"action": action.group(1) if action else ""})
    return found


def to(page: str, path: str, **more: Any) -> dict[str, Any]:
    """The form of that page that goes to `path`, filled in further."""
    form = next(fields for fields in hidden(page) if fields["action"].endswith(path))
    return {name: value for name, value in form.items() if name != "action"} | more


def rows(made: Any, kind: Any) -> list[Any]:
    return list(made(lambda session: list(session.exec(select(kind)))))


def test_each_piece_is_there_with_its_reasons_and_what_stays_says_why_and_offers_a_person(
    world, visitor, shopify, row_counts
) -> None:
    before = row_counts()
    answer = post(visitor, "/choose", {"pass": order_pass(world)})
    page = answer.text
    assert answer.status_code == 200 and "Which piece brings you back?" in page and "Set-Cookie" not in answer.headers
    assert page.count('type="checkbox"') == 2 and "€13,640" in page
    assert f'name="reason:{RING}" value="{TOO_LARGE}"' in page and "It is too large" in page
    assert page.count("I would rather not say") == 2 and OTHER not in page
    assert f'<select name="quantity:{PENDANT}">' in page
    assert "Made for you, so it cannot be returned as it is. Our atelier can rework it." in page
    assert "A gift card does not come back" in page and "It is not with you yet" in page
    assert page.count("Ask us about it") == 3 and "disabled" not in page
    assert row_counts() == before and not findings("client", text(page))


def test_by_law_nothing_is_kept_back_and_nothing_stands_before_the_confirmation(made, world, visitor, shopify) -> None:
    about = {"limit_cents": 500_000, "currency": "USD", "default_advisor_id": world.bob.id}
    made(lambda s: s.merge(RoutingPolicy(shop_id=world.shop_id, **about)))
    shopify.order_read = replace(shopify.order_read, country="FR", delivered_on=date(2026, 11, 20), source_name="web")
    shown = order_pass(world)
    assert f'value="{ENGRAVED}"' in post(visitor, "/choose", {"pass": shown}).text, "nothing shows they were told"
    page = post(visitor, "/choose/next", chosen(shown, RING, ENGRAVED)).text
    assert "Please look once more" in page and "no reason is needed" in page and "Speak to Bob first" not in page
    done = post(visitor, "/confirm", to(page, "/confirm")).text
    assert done.index("Received on") < done.index("Bob Laurent would be glad"), "acknowledged first, invited after it"


def test_above_the_limit_the_advisor_stands_beside_a_return_without_a_conversation(
    world, visitor, shopify, row_counts
) -> None:
    before = row_counts()
    page = post(visitor, "/choose/next", chosen(order_pass(world))).text
    assert "would you like to talk it over with Bob?" in page and "Bob helped you choose it in October." in page
    assert page.count('class="ar-btn is-quiet">Return it without a conversation') == 1
    assert 'name="at"' in page and "Paris" in page
    assert row_counts() == before and not findings("client", text(page))


def test_below_the_limit_there_is_only_the_simple_return(made, world, visitor, shopify) -> None:
    made(lambda s: s.merge(RoutingPolicy(shop_id=world.shop_id, limit_cents=9_000_000, currency="USD")))
    page = post(visitor, "/choose/next", chosen(order_pass(world))).text
    assert "Please look once more" in page and "Bob" not in page


def test_nothing_is_kept_before_the_confirmation_and_two_presses_are_one_return_with_each_reason_and_note(
    made, world, visitor, shopify, queue
) -> None:
    data = chosen(order_pass(world), RING, PENDANT, **{f"reason:{PENDANT}": STYLE, f"quantity:{PENDANT}": "2"})
    advise = post(visitor, "/choose/next", data).text
    summary = post(visitor, "/choose/summary", to(advise, "/choose/summary", prefers="simple")).text
    assert "€16,600" in summary and "It is too large" in summary and "It sits higher than I imagined." in summary
    assert rows(made, OpenedReturn) == [] and queue.names() == []
    shopify.down = True  # from here on nobody but us is asked
    answers = [post(visitor, "/confirm", to(summary, "/confirm")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "Your return has reached us" in answers[0].text and "10:00 (Paris)" in answers[0].text
    (row,), (asked,) = rows(made, OpenedReturn), rows(made, AskedReturn)
    assert queue.names() == ["routing.open_return"] and asked.prefers is Prefers.SIMPLE
    wanted = {line.fulfillment_line_gid: line for line in openings.wanted_of(row)}
    assert (wanted[RING].reason_gid, wanted[RING].note) == (TOO_LARGE, "It sits higher than I imagined.")
    assert (wanted[PENDANT].reason_gid, wanted[PENDANT].quantity, wanted[PENDANT].note) == (STYLE, 2, "")
    link = re.search(r"(/r/[\w-]+)", answers[0].text)
    assert link and "This page becomes the page of your return" in visitor.get(link.group(1)).text


def test_a_time_is_carried_along_and_kept_with_the_return(made, world, visitor, shopify) -> None:
    advise = post(visitor, "/choose/next", chosen(order_pass(world))).text
    times = re.findall(r'name="at" value="([^"]+)"', advise)
    summary = post(
        visitor, "/choose/summary", to(advise, "/choose/summary", prefers="talk", at=times[0], kind="video")
    ).text
    assert "with Bob" in summary and "It is reserved when you confirm." in summary
    done = post(visitor, "/confirm", to(summary, "/confirm")).text
    (asked,) = rows(made, AskedReturn)
    assert (asked.prefers, asked.talk, asked.advisor_id) == (Prefers.TALK, TalkState.WANTED, world.bob.id)
    assert asked.talk_at.isoformat() == times[0] and "with Bob" in done


def test_a_time_that_is_none_and_a_number_nobody_can_ring_are_said(world, visitor, shopify) -> None:
    advise = post(visitor, "/choose/next", chosen(order_pass(world))).text
    at = re.findall(r'name="at" value="([^"]+)"', advise)[0]
    form = to(advise, "/choose/summary", prefers="talk")
    assert "Please choose one of the times." in post(visitor, "/choose/summary", form).text
    taken = post(visitor, "/choose/summary", form | {"at": (cast.NOW + timedelta(minutes=1)).isoformat()})
    assert taken.status_code == 409 and "a moment before you" in taken.text and "Close to it" in taken.text
    unclear = post(visitor, "/choose/summary", form | {"at": at, "kind": "telephone", "phone": "06 12"})
    assert unclear.status_code == 422 and "with its country code" in unclear.text


def test_who_was_shown_is_signed_so_a_form_names_nobody_else(made, world, visitor, shopify) -> None:
    advise = post(visitor, "/choose/next", chosen(order_pass(world))).text
    form = to(advise, "/choose/summary", prefers="talk", at=re.findall(r'name="at" value="([^"]+)"', advise)[0])
    post(visitor, "/confirm", form | {"offered": "1." + "0" * 40})
    (asked,) = rows(made, AskedReturn)
    assert (asked.prefers, asked.advisor_id) == (Prefers.OPEN, None)


def test_who_was_given_it_sees_no_price_and_is_told_where_the_money_goes(made, world, visitor, shopify) -> None:
    shown = order_pass(world, acting=Acting.RECIPIENT)
    pages = [post(visitor, "/choose", {"pass": shown}).text, post(visitor, "/choose/next", chosen(shown)).text]
    done = post(visitor, "/confirm", to(pages[1], "/confirm")).text
    assert "whoever gave it to you" in pages[1] and "Bob" not in pages[1]
    link = re.search(r"(/r/[\w-]+)", done)
    assert link
    pages += [done, visitor.get(link.group(1)).text]
    assert not any(sign in page for page in pages for sign in ("€", "$", "13,640", "14,800"))
    for path in ("/conversation", "/simple", "/mind"):
        assert visitor.post(f"{link.group(1)}{path}").status_code == 404
    assert rows(made, AskedReturn)[0].acting == "recipient"


def test_in_the_buyers_stead_what_is_needed_is_there_and_the_money_goes_to_the_buyer(world, visitor, shopify) -> None:
    shown = order_pass(world, acting=Acting.DELEGATE)
    page = post(visitor, "/choose/next", chosen(shown)).text
    assert "It goes to the buyer" in page and "€" not in page and "Meridian ring" in page


@pytest.mark.parametrize("path", ["/choose", "/choose/next", "/choose/summary", "/confirm"])
def test_a_pass_of_another_shop_an_old_one_or_none_opens_nothing(
    made, world, visitor, shopify, row_counts, path
) -> None:
    dana = made(cast.dana)
    before = row_counts()
    theirs = order_pass(world, shop_id=dana.shop_id)
    old = order_pass(world, at=cast.NOW - timedelta(hours=3))
    for shown in (theirs, old, "", "x.y", order_pass(world)[:-1] + "0x"):
        answer = post(visitor, path, chosen(shown))
        assert answer.status_code == 403 and "Meridian" not in answer.text and "away for a while" in answer.text
    assert visitor.post(f"/return/dana{path}", data=chosen(order_pass(world))).status_code == 403
    assert visitor.post(forged(signed(path)), data=chosen(order_pass(world))).status_code == 401
    assert row_counts() == before and shopify.calls == []


def test_inside_the_theme_it_is_the_same_flow_below_the_shops_own_address(made, world, visitor, shopify) -> None:
    advise = visitor.post(signed("/choose/next"), data=chosen(order_pass(world)))
    assert advise.mimetype == "application/liquid" and f'action="{INSIDE}/choose/summary"' in advise.text
    form = to(advise.text, "/choose/summary", prefers="simple")
    summary = visitor.post(signed("/choose/summary"), data=form).text
    done = visitor.post(signed("/confirm"), data=to(summary, "/confirm"))
    assert "Set-Cookie" not in done.headers and "http://127.0.0.1:8000/r/" in done.text
    assert len(rows(made, OpenedReturn)) == 1


def test_what_cannot_be_sent_is_said_and_what_was_typed_stays(world, visitor, shopify) -> None:
    shown = order_pass(world)
    nothing = post(visitor, "/choose/next", {"pass": shown})
    assert nothing.status_code == 422 and "Please choose the piece that brings you back." in nothing.text
    many = post(visitor, "/choose/next", chosen(shown, PENDANT, **{f"quantity:{PENDANT}": "7"}))
    assert "2 of these can come back." in many.text
    long = post(visitor, "/choose/next", chosen(shown, **{f"note:{RING}": "x" * 301}))
    assert "Please say it in 300 letters." in long.text and "x" * 301 in long.text
    gone = post(visitor, "/choose/next", chosen(shown, "gid://shopify/FulfillmentLineItem/99"))
    assert "cannot be sent back any more" in gone.text


def test_while_shopify_is_away_the_choice_is_kept_on_the_page(world, visitor, shopify) -> None:
    shopify.down = True
    answer = post(visitor, "/choose/next", chosen(order_pass(world)))
    assert answer.status_code == 503 and "What you have chosen is kept" in answer.text
    shopify.down = False
    again = post(visitor, "/choose", to(answer.text, "/choose")).text
    assert f'value="{TOO_LARGE}" checked' in again and "It sits higher than I imagined.</textarea>" in again


def test_hostile_text_in_a_piece_a_reason_and_a_note_is_text(world, visitor, shopify) -> None:
    shopify.titles[RING] = "<script>alert(1)</script>{{ 7 | times: 6 }}\u202e"
    hostile = "</textarea><script>x</script>{% raw %}\x00 💍 ${7*7}"
    data = chosen(order_pass(world), **{f"note:{RING}": hostile, f"reason:{RING}": '"><script>'})
    for first, second in (("/choose/next", "/choose/summary"), ("/choose", "")):
        page = visitor.post(signed(first), data=data).text
        if second:
            page = visitor.post(signed(second), data=to(page, second, prefers="simple")).text
        assert "<script" not in page and "{{" not in page and "{%" not in page and "💍" in page
        assert "&lt;script&gt;alert(1)" in page and "\x00" not in page


def test_the_ways_it_may_travel_are_offered_with_real_days_and_the_chosen_one_is_kept(
    made, world, visitor, shopify
) -> None:
    from logistics.ways import Way

    def furnish(session: Any) -> None:
        cast.cover_terms(session, world.shop_id)
        cast.cover_terms(session, world.shop_id, way=Way.BOUTIQUE)
        session.merge(
            LogisticsPolicy(
                shop_id=world.shop_id,
                receiving_name="Atelier",
                receiving_street1="1 rue de la Paix",
                receiving_city="Paris",
                receiving_postal_code="75002",
                receiving_country="FR",
            )
        )

    made(furnish)
    advise = post(visitor, "/choose/next", chosen(order_pass(world))).text
    summary = post(visitor, "/choose/summary", to(advise, "/choose/summary", prefers="simple")).text
    assert "at the earliest on Wednesday 25 November, 09:00 to 12:00" in summary
    assert "You bring it to one of our boutiques" in summary
    post(visitor, "/confirm", to(summary, "/confirm", way="boutique"))
    assert rows(made, AskedReturn)[0].way == "boutique"


def test_an_order_of_which_nothing_is_left_says_so(world, visitor, shopify, monkeypatch) -> None:
    monkeypatch.setattr(shopify, "pieces", lambda *_: ())
    page = post(visitor, "/choose", {"pass": order_pass(world)}).text
    assert "Nothing to bring back" in page and "Continue" not in page


def test_what_it_comes_to_is_the_houses_price_where_shopify_cannot_reckon(world, visitor, shopify, monkeypatch) -> None:
    monkeypatch.setattr(shopify, "worth", lambda *_: {})
    page = post(visitor, "/choose", {"pass": order_pass(world)}).text
    assert Money(1_480_000, "USD").show() in page
