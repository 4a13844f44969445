"""The sweep: look, ask what is in stock, open and close cards; and the letter with the ways out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

import jobs
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.errors import OutsideError, Waiting
from logistics import balances, rmas
from logistics.history import follow_up
from logistics.models import Settlement
from logistics.radar import cards, looking
from logistics.radar.in_their_words import fault_in, way_in
from logistics.radar.kinds import CardState, Found
from logistics.radar.looking import CaseSeen, CasesSeen
from logistics.radar.ports import Stock
from logistics.radar.ways import NEEDS_NO_PIECE, Piece, World, ways_out
from logistics.states import SettlementState
from logistics.telling import write_letter
from shops.models import Shop, ShopState

EVERY_SECONDS = 300
PAYABLE = (SettlementState.PROPOSED, SettlementState.UNSETTLED, SettlementState.APPROVED, SettlementState.SENDING)


def look_everywhere(begin: Begin) -> None:
    """Secure a look for every shop that has the app."""
    with begin() as session:
        for shop_id in session.exec(select(Shop.id).where(col(Shop.state) != ShopState.UNINSTALLED)):
            jobs.enqueue(session, "logistics.look_for_failures", key=f"radar:{shop_id}", shop_id=shop_id)


def look_for_failures(begin: Begin, *, stock: Stock, cases: CasesSeen, shop_id: int) -> None:
    """Open a card for each failure that has none, and close those of failures that are gone."""
    with begin() as session:
        now = clock.now()
        seen = list(cases(session, shop_id, now))
        found = looking.look(session, shop_id=shop_id, cases=seen, now=now)
        promised = looking.promised(session, shop_id=shop_id, cases=seen)
    shelves = {need.variant_gid: _shelf(stock, shop_id, need.variant_gid) for need in promised}
    missing = [one for need in promised if (one := looking.gone(need, shelves[need.variant_gid] or ()))]
    unread = {one.key for one in missing if shelves[one.variant_gid] is None}  # neither gone nor there: left as it was
    with begin() as session:
        missing = [one for one in missing if one.key not in unread]
        found += looking.complete(session, shop_id=shop_id, found=missing, cases=seen)
        fresh = _wanting_ways(session, shop_id, found, now)
    for one in fresh:
        gid = one.variant_gid or one.line_gid
        wants_piece = one.failure not in NEEDS_NO_PIECE and bool(gid)
        pieces = (shelves.get(gid) or _shelf(stock, shop_id, gid)) if wants_piece else ()
        _open_or_renew(begin, shop_id, one, pieces or (), seen)
    with begin() as session:
        cards.withdraw_gone(session, shop_id=shop_id, keys={one.key for one in found} | unread, now=clock.now())
        for batch in balances.unpaid(session, shop_id=shop_id):
            rma = rmas.get_rma(session, shop_id=shop_id, rma_id=batch.rma_id)
            follow_up(session, rma, "ask_balance", settlement_id=batch.id)


def tell_client_ways(begin: Begin, *, addresses: Addresses, shop_id: int, card_id: int) -> None:
    """What went wrong and the ways out, in the advisor's words. Once a card."""
    with begin() as session:
        card = cards.get_card(session, shop_id=shop_id, card_id=card_id)
        if card.state is not CardState.SENT or card.rma_id is None:
            return
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=card.rma_id)
        locale = rma.client_locale
        values: dict[str, Any] = {
            "words": fault_in(locale, card.failure, card.words),
            "ways": [way_in(locale, way) for way in card.ways],
        }
        write_letter(
            session, addresses, rma, "make_right", values, key=f"card-{card_id}", quietly=False, now=clock.now()
        )


def _shelf(stock: Stock, shop_id: int, gid: str) -> tuple[Piece, ...] | None:
    """What is there; None where Shopify does not say now. A failure waits for no stock-taking."""
    try:
        return stock.pieces(shop_id, gid)
    except (OutsideError, Waiting):
        return None


def _wanting_ways(session: Session, shop_id: int, found: Sequence[Found], now: datetime) -> list[Found]:
    """Failures without a card, and those whose card nobody sent while its days went by."""
    today = cards.today_in(session, shop_id, now)
    there = {card.key: card for card in cards.live_cards(session, shop_id=shop_id)}
    stale = {key for key, card in there.items() if card.state is CardState.OPEN and cards.is_stale(card, today)}
    return [one for one in found if one.key not in there or one.key in stale]


def _open_or_renew(begin: Begin, shop_id: int, one: Found, pieces: tuple[Piece, ...], seen: Sequence[CaseSeen]) -> None:
    with begin() as session:
        now = clock.now()
        world = _world(session, shop_id, one, pieces, seen, now)
        ways = ways_out(one, world)
        if not cards.open_card(session, shop_id=shop_id, found=one, ways=ways, now=now):
            mine = cards.cards_of(session, shop_id=shop_id, return_gid=one.return_gid)
            for card in (card for card in mine if card.key == one.key):
                cards.renew_ways(session, card, ways)


def _world(
    session: Session, shop_id: int, one: Found, pieces: tuple[Piece, ...], seen: Sequence[CaseSeen], now: datetime
) -> World:
    case = next((case for case in seen if case.case_id == one.case_id), None)
    money = select(Settlement.id).where(
        Settlement.shop_id == shop_id, Settlement.rma_id == one.rma_id, col(Settlement.state).in_(PAYABLE)
    )
    return World(
        today=cards.today_in(session, shop_id, now),
        pieces=pieces,
        colleagues=case.colleagues if case else (),
        money_waits=session.exec(money).first() is not None,
    )
