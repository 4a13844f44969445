"""The piece a client takes instead is kept out of other carts until the exchange takes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kit.errors import OutsideError
from logistics import jobs as logistics_jobs
from logistics import kept_pieces
from logistics.exchange_models import KeptPieces
from logistics.history import lock_rma
from logistics.reads import ExchangeLineRead, ReturnRead, Terms
from tests import cast
from tests.logistics.conftest import House
from tests.logistics.stand_ins import Killed, lost

pytestmark = pytest.mark.calm(reason="counts what is asked, and says itself what goes wrong")
RING, BAND = "gid://shopify/ProductVariant/71", "gid://shopify/ProductVariant/72"


def with_pieces(*pieces: tuple[str, int], read: ReturnRead | None = None) -> ReturnRead:
    lines = [ExchangeLineRead(f"x-{n}", many, 0, many, gid) for n, (gid, many) in enumerate(pieces)]
    return replace(read or cast.cleos_read(price=cast.PRICE), exchanges=tuple(lines))


def row_of(house: House) -> KeptPieces | None:
    with house.database.begin() as session:
        return kept_pieces.kept_for(session, house.view().rma)


def change(house: House, *pieces: tuple[str, int]) -> None:
    """Somebody changes in the admin what the return brings."""
    house.in_admin(exchanges=with_pieces(*pieces).exchanges)
    house.line.drain()


@pytest.fixture
def kept(house: House) -> House:
    """A return with a ring instead, approved."""
    house.open(with_pieces((RING, 1)))
    house.line.drain()
    return house


# --- what is kept


def test_once_the_return_is_approved_its_piece_is_kept_for_ninety_days_and_the_draft_order_says_for_whom(
    kept: House,
) -> None:
    (draft,) = kept.line.sales.drafts.values()
    tag, pieces, until = draft
    assert pieces == [(RING, 1)]
    assert tag == f"kept-for-return-{kept.rma_id}-1"
    assert timedelta(days=89) < until - kept.clock() <= timedelta(days=90)
    assert kept.view().rma.number in kept.line.sales.notes[0] and "on sale again" in kept.line.sales.notes[0]
    assert kept.kinds().count("piece_kept") == 1


def test_a_return_without_a_piece_instead_keeps_nothing_and_asks_nothing(house: House) -> None:
    house.open()
    house.line.drain()
    assert row_of(house) is None and house.line.sales.record == []


@pytest.mark.parametrize(
    ("pieces", "held"),
    [
        pytest.param([(RING, 2)], [(RING, 2)], id="two of one"),
        pytest.param([(BAND, 1), (RING, 1)], [(RING, 1), (BAND, 1)], id="two pieces in one draft order"),
        pytest.param([(RING, 1), (RING, 1)], [(RING, 2)], id="one piece on two lines"),
        pytest.param([("", 1), (RING, 1)], [(RING, 1)], id="a piece that is no more in the catalogue is left out"),
        pytest.param([("", 1)], None, id="and alone keeps nothing"),
    ],
)
def test_what_is_kept_is_what_the_return_still_brings(
    house: House, pieces: Sequence[tuple[str, int]], held: list[tuple[str, int]] | None
) -> None:
    house.open(with_pieces(*pieces))
    house.line.drain()
    assert house.line.sales.held() == ([sorted(held)] if held else [])


def test_what_was_sent_to_the_client_already_is_kept_no_more(house: House) -> None:
    read = with_pieces((RING, 2))
    house.open(replace(read, exchanges=(ExchangeLineRead("x", 2, 1, 1, RING), ExchangeLineRead("y", 1, 1, 0, BAND))))
    house.line.drain()
    assert house.line.sales.held() == [[(RING, 1)]]


def test_told_of_the_same_return_again_nothing_is_made_or_dropped(kept: House) -> None:
    for _ in range(3):
        change(kept, (RING, 1))
    assert kept.line.sales.record == ["make"]


# --- what changes it


def test_another_piece_on_the_return_is_kept_in_place_of_the_first(kept: House) -> None:
    change(kept, (BAND, 1))
    assert kept.line.sales.held() == [[(BAND, 1)]]
    assert [tag for tag, *_ in kept.line.sales.drafts.values()] == [f"kept-for-return-{kept.rma_id}-2"]
    assert kept.line.sales.record == ["make", "drop", "make"]


def test_taken_off_the_return_it_is_on_sale_again(kept: House) -> None:
    change(kept)
    assert kept.line.sales.held() == [] and kept.kinds().count("piece_given_back") == 1
    change(kept)
    assert kept.line.sales.record == ["make", "drop"]


@pytest.mark.parametrize("status", ["CANCELED", "CLOSED", "DECLINED"])
def test_a_return_that_ends_keeps_nothing(kept: House, status: str) -> None:
    kept.in_admin(status=status)
    kept.line.drain()
    assert kept.line.sales.held() == []


def test_the_draft_order_deleted_in_the_admin_is_not_made_again(kept: House) -> None:
    kept.line.sales.drafts.clear()
    change(kept, (RING, 1))
    assert kept.line.sales.made == 1


def test_of_another_shop_nothing_is_seen(kept: House) -> None:
    with kept.database.begin() as session:
        assert kept_pieces.kept_anywhere(session, shop_id=kept.shop_id) == {kept.return_gid: {RING}}
        assert kept_pieces.kept_anywhere(session, shop_id=kept.shop_id + 1) == {}
        theirs = kept.view().rma.model_copy(update={"shop_id": kept.shop_id + 1})
        assert kept_pieces.kept_for(session, theirs) is None


# --- the exchange itself


def until_paid(house: House) -> None:
    house.receive()
    house.inspect()
    house.line.drain()
    batch = house.money()
    if batch.state.value == "proposed":
        house.approve(batch)
    house.line.drain()


def test_it_is_put_on_the_shelf_just_before_the_exchange_is_processed(
    kept: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    process = kept.shopify.process

    def look(shop_id: int, return_gid: str, plan: Any) -> ReturnRead:
        seen.append((kept.line.sales.held(), plan.terms.exchanges))
        read = process(shop_id, return_gid, plan)
        done = [replace(line, processed=line.quantity, unprocessed=0) for line in read.exchanges]
        kept.shopify.returns[return_gid] = replace(read, exchanges=tuple(done))
        return kept.shopify.returns[return_gid]

    monkeypatch.setattr(kept.shopify, "process", look)
    until_paid(kept)
    assert seen == [([], (("x-0", 1),))]
    assert kept.state() == "closed" and kept.line.sales.made == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_draft_order_that_cannot_be_deleted_holds_no_payment_up_and_goes_afterwards(kept: House, when: str) -> None:
    kept.line.sales.stop("drop", when=when, error=OutsideError("shopify", "throttled"))
    until_paid(kept)
    assert kept.shopify.count("process") == 1 and kept.state() == "closed"
    assert kept.line.sales.held() == []


def test_a_payment_that_takes_no_piece_along_leaves_it_kept_until_the_return_is_settled(
    kept: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.shopify.returns[kept.return_gid] = replace(kept.shopify.returns[kept.return_gid], exchanges=())
    seen: list[Any] = []
    process = kept.shopify.process

    def look(shop_id: int, return_gid: str, plan: Any) -> ReturnRead:
        seen.append(kept.line.sales.held())
        return process(shop_id, return_gid, plan)

    monkeypatch.setattr(kept.shopify, "process", look)
    until_paid(kept)
    assert seen == [[[(RING, 1)]]] and kept.shopify.plans[0].terms == Terms()
    assert kept.line.sales.held() == [] and kept.state() == "closed"


def test_a_payment_nobody_can_tell_of_has_the_piece_kept_again(kept: House) -> None:
    kept.shopify.stop("process", when="before", error=OutsideError("shopify", "GREATER_THAN", permanent=True))
    until_paid(kept)
    assert kept.money().state.value == "unsettled"
    assert kept.line.sales.held() == [[(RING, 1)]] and kept.line.sales.made == 2


# --- lost answers, refusals, kill -9


@pytest.mark.parametrize("when", ["before", "after"])
def test_after_an_answer_that_was_lost_shopify_is_looked_at_before_another_is_made(house: House, when: str) -> None:
    house.line.sales.stop("make", when=when, error=lost())
    house.open(with_pieces((RING, 1)))
    house.line.drain()
    assert house.line.sales.held() == [[(RING, 1)]] and house.line.sales.made == 1
    assert "find" in house.line.sales.record
    row = row_of(house)
    assert row is not None and row.sent_at is None and row.draft_gid == "gid://shopify/DraftOrder/1"


def test_within_half_a_minute_nothing_is_sent_again(house: House) -> None:
    house.line.sales.stop("make", when="before", error=lost())
    house.open(with_pieces((RING, 1)))
    house.line.drain(rounds=1)
    about: dict[str, Any] = {"sales": house.line.sales, "shop_id": house.shop_id, "rma_id": house.rma_id}
    house.clock.pass_by(minutes=-1, seconds=20)
    with pytest.raises(OutsideError) as too_soon:
        logistics_jobs.keep_pieces(house.database.begin, **about)
    assert too_soon.value.retry_after == pytest.approx(11) and house.line.sales.made == 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_in_the_middle_it_is_one_draft_order(house: House, when: str) -> None:
    house.line.sales.stop("make", when=when)
    house.open(with_pieces((RING, 1)))
    with pytest.raises(Killed):
        house.line.drain()
    house.clock.pass_by(minutes=1)
    house.line.drain()
    assert house.line.sales.made == 1 and house.line.sales.held() == [[(RING, 1)]]


def test_changed_while_an_answer_was_lost_the_old_one_is_found_and_dropped(house: House) -> None:
    house.line.sales.stop("make", when="after", error=lost())
    house.open(with_pieces((RING, 1)))
    house.line.drain(rounds=1)
    change(house, (BAND, 1))
    assert house.line.sales.held() == [[(BAND, 1)]] and house.line.sales.made == 2


def test_what_shopify_refuses_is_said_and_the_return_goes_on(house: House) -> None:
    house.line.sales.stop("make", when="before", error=OutsideError("shopify", "no such variant", permanent=True))
    house.open(with_pieces((RING, 1)))
    house.line.drain()
    (step,) = [step for step in house.view().steps if step.kind == "piece_not_kept"]
    assert "no such variant" in step.detail and house.state() == "labelled"
    row = row_of(house)
    assert row is not None and (row.kept, row.draft_gid, row.sent_at) == ([], "", None)


def test_a_drop_whose_answer_was_lost_is_asked_once_more(kept: House) -> None:
    kept.line.sales.stop("drop", when="after", error=lost())
    change(kept)
    assert kept.line.sales.held() == [] and kept.line.sales.record.count("drop") == 2
    assert kept.kinds().count("piece_given_back") == 1


def test_wanting_the_same_twice_secures_one_job(house: House) -> None:
    house.open()
    house.line.drain()
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        for _ in range(2):
            kept_pieces.keep_for(session, rma, with_pieces((RING, 1)))
    assert house.line.names() == ["logistics.keep_pieces"]
