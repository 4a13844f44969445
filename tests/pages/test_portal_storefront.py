"""The page inside the storefront: verified, stateless, the same to whoever guesses."""

import re
from urllib.parse import urlencode

import pytest
from sqlmodel import select

from kit.errors import OutsideError
from logistics.models import Rma
from logistics.states import Goods
from shopify_app.auth import sign_proxy
from shopify_app.pages.portal import storefront
from shopify_app.pages.portal.liquid import liquid_safe
from shops.models import Link
from tests import cast
from tests.pages.words import findings, text

PREFIX = "/apps/assisted-returns"


@pytest.fixture(autouse=True)
def shopify_is_away(monkeypatch) -> None:
    """Nobody here waits for it: what we look after ourselves is shown all the same."""

    class Away:
        def of_client(self, shop_id: int, client_gid: str) -> None:
            raise OutsideError("shopify", "away")

    monkeypatch.setattr(storefront, "shopify_finding", Away)


def signed(path: str = "", *, customer: str = "", shop: str = "verdane.myshopify.com", at=cast.NOW, **more: str) -> str:
    pairs = [
        *more.items(),
        ("shop", shop),
        ("path_prefix", PREFIX),
        ("timestamp", str(int(at.timestamp()))),
        ("logged_in_customer_id", customer),
    ]
    query = urlencode([*pairs, ("signature", sign_proxy(pairs, "test-secret"))])
    return f"/proxy/returns{path}?{query}"


def forged(url: str) -> str:
    return re.sub(r"signature=.", "signature=g", url)


@pytest.mark.parametrize("path", ["", "/find", "/open"])
def test_a_forged_signature_is_refused(world, visitor, row_counts, path: str) -> None:
    before = row_counts()
    for url in (forged(signed(path)), f"/proxy/returns{path}", signed(path, at=cast.NOW.replace(year=2025))):
        for method in (visitor.get, visitor.post):
            answer = method(url, data={"order": "1042", "address": "cleo@example.com"})
            assert answer.status_code in ((401,) if (method == visitor.post) == bool(path) else (401, 404, 405))
            assert "Whitlock" not in answer.text
    assert row_counts() == before


def test_a_stranger_is_asked_for_order_and_email_and_the_page_lives_in_the_theme(world, visitor, row_counts) -> None:
    before = row_counts()
    answer = visitor.get(signed())
    assert answer.status_code == 200 and answer.mimetype == "application/liquid"
    assert "Set-Cookie" not in answer.headers and "<html" not in answer.text
    assert f'action="{PREFIX}/find"' in answer.text
    assert row_counts() == before


def test_a_signed_in_client_sees_their_returns_and_opens_one(world, made, visitor, row_counts) -> None:
    before = row_counts()
    page = visitor.get(signed(customer="9")).text
    assert row_counts() == before
    assert "Meridian ring" in page and f'action="{PREFIX}/open"' in page
    number = re.search(r'name="return" value="(\d+)"', page)
    assert number
    opened = visitor.post(signed("/open", customer="9"), data={"return": number.group(1)})
    link = re.search(r'href="http://127.0.0.1:8000(/r/[^"]+)"', opened.text)
    assert link and visitor.get(link.group(1)).status_code == 200


@pytest.mark.parametrize("state", [Goods.SETTLED, Goods.CLOSED, Goods.ENDED])
def test_a_return_that_is_over_is_not_listed_as_on_its_way(world, made, visitor, state: Goods) -> None:
    def one_more(session):
        rma = cast.cleos_return(session, world.shop, return_gid="gid://shopify/Return/43", assisted=False)
        rma.goods_state = state
        session.add(rma)
        return rma.id

    assert "Earlier returns" not in text(visitor.get(signed(customer="9")).text)
    over = made(one_more)
    running, _, earlier = text(visitor.get(signed(customer="9")).text).partition("Earlier returns")
    assert "Already on its way" in running and "Meridian ring" in running and "Meridian ring" in earlier
    under_it = visitor.get(signed(customer="9")).text.partition("Earlier returns")[2]
    assert re.findall(r'name="return" value="(\d+)"', under_it) == [str(over)]


def test_with_nothing_on_its_way_the_page_says_so_of_none(world, made, visitor) -> None:
    def end(session):
        rma = session.get(Rma, world.rma.id)
        rma.goods_state = Goods.CLOSED
        session.add(rma)

    made(end)
    words = text(visitor.get(signed(customer="9")).text)
    assert "Meridian ring" in words and "Already on its way" not in words and "Earlier returns" not in words


def test_nobody_opens_a_return_of_somebody_else(world, made, visitor) -> None:
    other = made(cast.dana)
    before = len(made(lambda s: s.exec(select(Link)).all()))
    for customer, wanted in (("8", world.rma.id), ("9", other.rma.id), ("9", "x"), ("9", "")):
        answer = visitor.post(signed("/open", customer=customer), data={"return": wanted})
        assert "There is nothing at this address" in answer.text and "/r/" not in answer.text
    answer = visitor.post(signed("/open"), data={"return": world.rma.id})
    assert "This page opens from the shop" in answer.text and "/r/" not in answer.text
    assert "Your orders do not answer just now" in visitor.get(signed(customer="8")).text
    assert len(made(lambda s: s.exec(select(Link)).all())) == before


def test_what_cannot_be_is_said_inside_the_theme_with_the_house_and_the_way_out(world, made, visitor) -> None:
    """With a 200, or Shopify would not render it; its style is read from our own address."""
    answer = visitor.post(signed("/open", customer="8"), data={"return": "x"})
    assert (answer.status_code, answer.mimetype) == (200, "application/liquid")
    assert re.search(r'href="https?://[^"]+/static/face\.css"', answer.text) and "<html" not in answer.text
    assert f'href="{PREFIX}/withdraw"' in answer.text
    plain = visitor.post(forged(signed("/open", customer="8")), data={"return": "x"})
    assert plain.status_code == 401 and plain.mimetype == "text/html" and "withdraw" not in plain.text


@pytest.mark.parametrize(
    "html", ["{{ 7 | times: 6 }}", "{% include 'x' %}", "{%- raw -%}", "{{{{", "plain", "{\u200b{ x }}", "&#123;{"]
)
def test_nothing_a_person_typed_is_run_as_liquid(html: str) -> None:
    safe = liquid_safe(html)
    assert "{" not in safe and "}" not in safe
    assert safe.replace("&#123;", "{").replace("&#125;", "}") == html.replace("&#123;", "{")


def test_a_piece_named_in_liquid_stays_text(world, made, visitor) -> None:
    from logistics.models import RmaLine

    def rename(session):
        line = session.exec(select(RmaLine)).first()
        line.title = "{{ 'x' | upcase }}<b>"
        session.add(line)

    made(rename)
    page = visitor.get(signed(customer="9")).text
    assert "{" not in page and "<b>" not in page and "&#123;&#123; &#39;x&#39;" in page


def test_its_words_are_the_house_s(world, visitor) -> None:
    pages = [
        visitor.get(signed()).text,
        visitor.get(signed(customer="9")).text,
        visitor.get(signed(customer="8")).text,
        visitor.post(signed("/find"), data={"order": "1", "address": "a@b.example"}).text,
        visitor.post(signed("/open", customer="9"), data={"return": world.rma.id}).text,
    ]
    assert [findings("client", text(page)) for page in pages] == [[]] * 5
