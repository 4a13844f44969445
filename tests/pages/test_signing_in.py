"""Signing in through the shop's customer accounts, over HTTP against the stand-in: there, back, and what is refused."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from kit.db import Database
from shopify_app.auth import ProxyCaller
from shopify_app.customer_accounts.accounts import CustomerAccounts, SignInRefused
from shopify_app.customer_accounts.keeping import access_token
from shopify_app.pages.portal.liquid import in_theme
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, read_order_pass
from shopify_app.privacy import erase_client
from shops.account_models import AccountSession, SignInTry
from shops.jobs import purge
from shops.shops import get_shop
from tests import cast
from tests.pages.account_house import BEGIN, CALLBACK, DANAS, ORDERS, OURS, VERDANE, House, open_house
from tests.pages.words import findings, text
from tests.simulators.small_shop import AMARA, ORDER


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    database = Database(sqlite_url)
    with open_house(database) as made:
        yield made
    database.close()


def rows(house: House, kind: Any) -> list[Any]:
    with house.database.begin() as session:
        return list(session.exec(select(kind)))


def test_a_client_signs_in_and_finds_their_own_orders_each_with_a_pass(house: House) -> None:
    browser = house.browser()
    assert "Continue with your account" in browser.get(BEGIN).text and not rows(house, SignInTry)
    back = browser.sign_in()
    assert (back.status_code, back.location) == (303, ORDERS)
    page = browser.get(ORDERS)
    assert "Order 2001, 10 November 2026" in text(page.text) and "Meridian ring, Alba pendant" in page.text
    american = browser.ours.get(ORDERS, headers={"Accept-Language": "en-US,en"})
    assert "Order 2001, 10 November 2026" in text(american.text), "days are written one way on every page"
    shown = re.findall(r'name="pass" value="([^"]+)"', page.text)
    (who,) = [read_order_pass(("test-secret-key",), one, shop_id=house.world.shop_id, now=cast.NOW) for one in shown]
    gid = f"gid://shopify/Customer/{AMARA}"
    assert who == OrderPass(house.world.shop_id, ORDER, Acting.BUYER, Proof.ACCOUNT, gid)
    assert f'action="{ORDERS.removesuffix("/orders")}/choose"' in page.text
    assert not findings("client", text(page.text))


def test_nothing_of_shopifys_reaches_the_browser_and_nothing_lies_in_clear_in_the_database(house: House) -> None:
    browser = house.browser()
    back = browser.sign_in()
    (row,) = rows(house, AccountSession)
    seen = back.text + str(back.headers) + browser.get(ORDERS).text
    with house.database.engine.connect() as connection:
        (kept,) = connection.exec_driver_sql("SELECT * FROM accountsession").all()
        tries = connection.exec_driver_sql("SELECT * FROM signintry").all()
    for secret in (row.access_token, row.refresh_token, row.id_token):
        assert secret and secret not in seen and secret not in str(kept)
    (tried,) = rows(house, SignInTry)
    assert tried.verifier not in str(tries)
    cookie = browser.ours.get_cookie("account")
    assert cookie is not None and cookie.value not in str(kept)
    assert cookie.http_only and cookie.same_site == "Lax"


def test_over_https_the_cookies_belong_to_this_very_host(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(house.app.extensions["returns"].settings), "is_local", False)
    answer = house.app.test_client().post(BEGIN)
    (given,) = answer.headers.getlist("Set-Cookie")
    assert given.startswith("__Host-sign-in=") and "; Secure;" in given and "HttpOnly" in given and "Path=/" in given
    assert "Domain" not in given


def test_an_answer_counts_once_in_its_own_browser_and_within_minutes(house: House) -> None:
    browser, thief = house.browser(), house.browser()
    there = browser.begin()
    address = browser.choose(there, "Amara Whitlock")
    for other in (thief, house.browser()):
        refused = other.get(address)
        assert refused.status_code == 400 and "Please sign in once more" in refused.text
        assert 'action="http://127.0.0.1:8000/return/verdane/sign-in"' in refused.text
    assert browser.get(address).status_code == 303, "a thief's attempt has not used it up"
    assert browser.get(address).status_code == 400, "replayed"
    late = browser.choose(browser.begin(), "Amara Whitlock")
    house.pass_by(minutes=10)
    assert browser.get(late).status_code == 400
    for unknown in (CALLBACK, f"{CALLBACK}?state=&code=x", f"{CALLBACK}?state=nobodys&code=x"):
        assert browser.get(unknown).status_code == 400
    assert len(rows(house, AccountSession)) == 1


def test_two_windows_of_one_browser_may_sign_in_side_by_side(house: House) -> None:
    browser = house.browser()
    one, other = browser.begin(), browser.begin()
    assert browser.get(browser.choose(other, "Amara Whitlock")).status_code == 303
    assert browser.get(browser.choose(one, "Amara Whitlock")).status_code == 303


def test_a_code_of_another_shop_signs_nobody_in(house: House) -> None:
    """Dana's code behind Alice's state, and the other way round: neither shop's token address takes it."""
    browser = house.browser()
    alices, danas = browser.begin(), browser.begin("/return/dana/sign-in")
    code = browser.choose(danas, "Amara Whitlock").split("code=")[1].split("&")[0]
    state = alices.split("state=")[1].split("&")[0]
    assert browser.get(f"{CALLBACK}?code={code}&state={state}").status_code == 400
    assert not rows(house, AccountSession)


def test_an_answer_that_names_another_issuer_is_refused(house: House) -> None:
    browser = house.browser()
    address = browser.choose(browser.begin(), "Amara Whitlock")
    assert browser.get(f"{address}&iss=https://shopify.com/authentication/9").status_code == 400
    address = browser.choose(browser.begin(), "Amara Whitlock")
    own = f"{house.shopify.base}/shopify/{VERDANE}/authentication"
    assert browser.get(f"{address}&iss={own}").status_code == 303


def test_who_would_rather_not_is_back_at_the_houses_page(house: House) -> None:
    back = house.browser().sign_in("nobody")
    assert (back.status_code, back.location) == (303, "/return/verdane") and not rows(house, AccountSession)


def test_dana_sees_nothing_of_alices_client_and_the_other_way_round(house: House) -> None:
    amara, stranger = house.browser(), house.browser()
    amara.sign_in()
    for path in ("/return/dana/orders",):
        assert amara.get(path).status_code == 401 and "Meridian" not in amara.get(path).text
    assert stranger.get(ORDERS).status_code == 401
    assert stranger.sign_in("Bruno Ek").status_code == 303
    page = stranger.get(ORDERS)
    assert page.status_code == 200 and "2001" not in page.text and "Nothing to send back" in page.text
    assert amara.ours.post("/return/dana/open", data={"return": house.world.rma.id}).status_code == 401
    assert amara.get("/return/nobody/orders").status_code == 404


def test_a_return_under_way_stands_on_the_page_and_only_ones_own_opens(house: House) -> None:
    browser, other = house.browser(), house.browser()
    browser.sign_in()
    other.sign_in("Bruno Ek")
    with house.database.begin() as session:
        rma = session.merge(house.world.rma)
        rma.client_gid = f"gid://shopify/Customer/{AMARA}"
        session.add(rma)
    page = text(browser.get(ORDERS).text)
    assert "Already on its way" in page and rma.order_name.lstrip("#") in page
    opened = browser.ours.post("/return/verdane/open", data={"return": rma.id})
    assert opened.status_code == 303 and "/r/" in opened.location
    for client, wanted in ((other, rma.id), (browser, 999), (browser, "x")):
        assert client.ours.post("/return/verdane/open", data={"return": wanted}).status_code == 404


def test_a_session_ends_by_itself_and_by_the_button(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = house.browser()
    browser.sign_in()
    cookie = browser.ours.get_cookie("account")
    out = browser.ours.post("/return/verdane/sign-out")
    assert "You are signed out here" in out.text and not rows(house, AccountSession)
    assert "/authentication/logout?id_token_hint=" in out.text and "return%2Fsign-in%2Fover" in out.text
    assert cookie is not None
    browser.ours.set_cookie("account", cookie.value)
    assert browser.get(ORDERS).status_code == 401, "the cookie that was kept opens nothing"
    assert "You are signed out" in browser.get("/return/sign-in/over").text
    browser.sign_in()
    house.pass_by(hours=1)
    assert browser.get(ORDERS).status_code == 401
    monkeypatch.setattr("shops.jobs.clock_now", lambda: house.times["now"] + timedelta(seconds=1))
    purge(house.database.begin)
    assert not rows(house, SignInTry) and not rows(house, AccountSession)


def test_the_tokens_are_renewed_before_they_end(house: House) -> None:
    house.control("account-tokens", {"seconds": 60})
    browser = house.browser()
    browser.sign_in()
    (first,) = rows(house, AccountSession)
    house.pass_by(seconds=45)
    assert browser.get(ORDERS).status_code == 200
    (second,) = rows(house, AccountSession)
    assert second.access_token != first.access_token and second.refresh_token != first.refresh_token
    assert second.renewing_until is None


def test_of_many_who_renew_at_once_one_asks_shopify(house: House) -> None:
    """Each refresh token is good once, so two questions would sign the client out."""
    house.control("account-tokens", {"seconds": 60})
    house.browser().sign_in()
    house.control("account-tokens", {"seconds": 3600})
    (row,) = rows(house, AccountSession)
    house.pass_by(seconds=45)
    accounts = CustomerAccounts(house.app.extensions["returns"].settings)
    asked, told, gate = [], [], threading.Barrier(4)
    renew = accounts.renew

    def counted(*args: Any, **named: Any) -> Any:
        asked.append(1)
        return renew(*args, **named)

    accounts.renew = counted  # type: ignore[method-assign]

    def ask() -> None:
        gate.wait()
        told.append(access_token(house.database.begin, accounts, shop_id=1, session_id=row.id, domain=VERDANE))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1 and len(told) == 4 and len(set(told)) == 1


def test_who_signed_out_at_shopify_signs_in_once_more(house: House) -> None:
    house.control("account-tokens", {"seconds": 60})
    browser = house.browser()
    browser.sign_in()
    with house.database.begin() as session:
        row = session.exec(select(AccountSession)).one()
        row.refresh_token = "of-nobody"
        session.add(row)
    house.pass_by(seconds=45)
    again = browser.get(ORDERS)
    assert again.status_code == 401 and "Please sign in once more" in again.text
    (row,) = rows(house, AccountSession)
    assert row.renewing_until is None, "the next one need not wait for the lease"


@pytest.mark.parametrize("kind", ["500", "429", "html", "cut_json"])
def test_while_shopify_is_away_the_other_ways_are_named(house: House, kind: str) -> None:
    house.control("faults", [{"operation": "account.discovery", "kind": kind, "times": 9}])
    answer = house.app.test_client().post(BEGIN)
    assert "does not answer just now" in answer.text and "Use order number and email" in answer.text
    assert not rows(house, SignInTry)
    house.control("faults", [])
    browser = house.browser()
    address = browser.choose(browser.begin(), "Amara Whitlock")
    house.control("faults", [{"operation": "account.token", "kind": kind, "times": 1}])
    assert browser.get(address).status_code == 503 and not rows(house, AccountSession)
    assert browser.sign_in().status_code == 303, "begun anew it goes through"
    house.control("faults", [{"operation": "AccountOrders", "kind": kind, "times": 1}])
    assert browser.get(ORDERS).status_code == 503
    assert browser.get(ORDERS).status_code == 200


def test_keys_that_were_exchanged_meanwhile_are_read_once_more(house: House) -> None:
    browser = house.browser()
    browser.sign_in()
    house.control("account-keys")
    assert browser.sign_in().status_code == 303


def test_a_shop_without_customer_accounts_says_so_kindly(house: House) -> None:
    with house.database.begin() as session:
        shop = get_shop(session, house.world.shop_id)
        shop.domain = "elsewhere.myshopify.com"
        session.add(shop)
    answer = house.app.test_client().post("/return/elsewhere/sign-in")
    assert "does not answer just now" in answer.text and "order number and email" in answer.text


def test_a_robot_is_slowed_and_fills_no_table(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopify_app.pages.portal.signing_in.TRIES_OF_A_SHOP", 3)
    answers = [house.app.test_client().post(BEGIN) for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert "order number and email" in answers[-1].text and len(rows(house, SignInTry)) == 3
    assert DANAS and house.app.test_client().post("/return/dana/sign-in").status_code == 200


def test_inside_the_theme_a_form_leads_to_our_own_address(house: House) -> None:
    from tests.pages.test_portal_storefront import signed

    page = house.app.test_client().get(signed("/sign-in"))
    assert page.status_code == 200 and 'action="http://127.0.0.1:8000/return/verdane/sign-in"' in page.text


def test_a_discovery_that_leads_elsewhere_is_not_followed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulators.shopify.accounts.tokens import AccountTokens

    for wrong in ("http://evil.example/a", "https://", "ftp://shopify.com", "https://me@shopify.com/a", "//x"):
        with monkeypatch.context() as changed:
            changed.setattr(AccountTokens, "issuer", lambda *_, wrong=wrong: wrong)
            assert "does not answer just now" in house.app.test_client().post(BEGIN).text, wrong


def test_a_token_address_that_gives_no_token_signs_nobody_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulators.shopify.accounts.tokens import AccountTokens

    monkeypatch.setattr(AccountTokens, "grant", lambda *_: {"access_token": "", "id_token": "x"})
    browser = house.browser()
    assert browser.sign_in().status_code == 400
    monkeypatch.setattr(AccountTokens, "grant", lambda *_: {"access_token": "a", "id_token": "no.token.atall"})
    assert browser.sign_in().status_code == 400 and not rows(house, AccountSession)
    with pytest.raises(SignInRefused, match="the access token was refused"):
        CustomerAccounts(house.app.extensions["returns"].settings).orders(VERDANE, "of-nobody")


def test_in_the_theme_the_button_of_any_page_leads_to_our_own_address(house: House) -> None:
    """The proxy strips cookies: below the shop's own address a sign-in would come back to nobody."""
    caller = ProxyCaller(house.world.shop_id, VERDANE, None, "/apps/assisted-returns")
    with house.app.test_request_context("/proxy/returns"):
        shown = in_theme("portal/_sign_in.html", caller)
    assert f'action="{OURS}/return/verdane/sign-in"' in shown.get_data(as_text=True)


def test_a_client_who_is_erased_is_signed_out_and_their_tokens_are_gone(house: House) -> None:
    amara, other = house.browser(), house.browser()
    amara.sign_in()
    other.sign_in("Bruno Ek")
    with house.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.world.shop_id, "order_gids": [ORDER]}
        erase_client(session, client_gid=f"gid://shopify/Customer/{AMARA}", **about)
    assert amara.get(ORDERS).status_code == 401 and other.get(ORDERS).status_code == 200
