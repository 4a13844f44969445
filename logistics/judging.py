"""Verdicts on who may send back what: gathered, kept with the return, and let go on by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import insert_once
from kit.errors import NotFound
from kit.places import first_day
from logistics import packs, statements
from logistics.cover_models import RmaVerdict
from logistics.eligibility import LineFacts, ReturnFacts, Verdicts, decide
from logistics.eligibility.facts import Track
from logistics.history import APP, lock_rma, note_step
from logistics.models import Rma, RmaLine
from logistics.money_models import MoneyTerms
from logistics.pack_files import Pack, law_in
from logistics.pack_words import matches
from logistics.reads import ReturnRead, SoldRead
from logistics.states import Goods
from shops.shops import get_shop

JUDGED_BY = ("countries", "policy", "classes")


def keep_verdict(session: Session, rma: Rma, read: ReturnRead, sold: SoldRead, *, now: datetime) -> RmaVerdict:
    """Judge a return as it is opened, by the rules of today, and keep it. A second time changes nothing."""
    read = statements.as_stated(session, rma, read)
    rules = {name: packs.pack(session, rma.shop_id, name) for name in JUDGED_BY}
    facts = gather(session, rma, read, sold, rules, now=now)
    judged = decide(facts)
    assert rma.id is not None
    row = RmaVerdict(
        shop_id=rma.shop_id,
        rma_id=rma.id,
        track=judged.track,
        answer=judged.answer,
        found=[verdict.as_json() for verdict in judged.found],
        packs={name: rules[name].version for name in JUDGED_BY},
        asked_at=read.created_at or now,
        judged_at=now,
    )
    if insert_once(session, row) and judged.track is Track.STATUTORY:
        session.add(_terms_of_law(rma, read, sold, now=now))
    kept = verdict_of(session, rma)
    assert kept is not None
    return kept


def judge_choice(
    session: Session, *, shop_id: int, chosen: Sequence[tuple[str, str, int]], sold: SoldRead, now: datetime
) -> Verdicts:
    """The verdicts on (line gid, title, quantity) a client has chosen and not asked for yet. Nothing is kept."""
    rules = {name: packs.pack(session, shop_id, name) for name in JUDGED_BY}
    coming = [(gid, title, quantity, _elsewhere(session, shop_id, None, gid)) for gid, title, quantity in chosen]
    return decide(_facts(coming, sold, rules, asked_on=_day(session, shop_id, now, sold.country), is_open=False))


def _terms_of_law(rma: Rma, read: ReturnRead, sold: SoldRead, *, now: datetime) -> MoneyTerms:
    """The law's days are counted from the withdrawal, and who withdraws from all of it is given delivery back too."""
    assert rma.id is not None
    coming = {line.line_gid: line.quantity for line in read.lines}
    is_whole = bool(sold.pieces) and all(coming.get(piece.line_gid) == piece.quantity for piece in sold.pieces)
    return MoneyTerms(
        rma_id=rma.id,
        shop_id=rma.shop_id,
        track=str(Track.STATUTORY),
        noticed_at=read.created_at,
        shipping_back=is_whole,
        set_by=APP,
        set_at=now,
    )


def verdict_of(session: Session, rma: Rma) -> RmaVerdict | None:
    """As it was judged; None for a return opened before there were verdicts."""
    return session.exec(select(RmaVerdict).where(RmaVerdict.rma_id == rma.id)).first()


def let_go_on(session: Session, *, shop_id: int, rma_id: int, by: str, now: datetime) -> RmaVerdict:
    """A person looked, and the return goes on. A second time changes nothing. Raises NotFound."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    row = verdict_of(session, rma)
    if row is None:
        raise NotFound("Nothing about this return waits for a decision.")
    if not row.goes_on:
        row.let_by, row.let_at = by, now
        session.add(row)
        note_step(session, rma, "let_go_on", actor=by, now=now)
    return row


def policy_for(pack: Pack, country: str) -> Mapping[str, Any] | None:
    """The entry that names the country, else the one that names none."""
    return law_in(pack, country) or next((entry for entry in pack.entries if not entry["countries"]), None)


def gather(
    session: Session, rma: Rma, read: ReturnRead, sold: SoldRead, rules: Mapping[str, Pack], *, now: datetime
) -> ReturnFacts:
    """What is known of a return on the day it was asked for."""
    coming = [
        (line.line_gid, line.title, line.quantity, _elsewhere(session, rma.shop_id, rma.id, line.line_gid))
        for line in read.lines
    ]
    as_kept = replace(sold, country=rma.country, channel=rma.channel, delivered_on=rma.delivered_on)
    asked_on = _day(session, rma.shop_id, read.created_at or now, rma.country)
    return _facts(coming, as_kept, rules, asked_on=asked_on, is_open=read.status == "OPEN")


def _facts(
    coming: Sequence[tuple[str, str, int, int]],
    sold: SoldRead,
    rules: Mapping[str, Pack],
    *,
    asked_on: date,
    is_open: bool,
) -> ReturnFacts:
    """Of (line gid, title, quantity, how many of it are elsewhere)."""
    in_sets = {piece.line_gid for piece in sold.pieces if "set" in matches(rules["classes"], list(piece.words))}
    lines = tuple(
        LineFacts(
            title=title,
            quantity=quantity,
            classes=frozenset(matches(rules["classes"], list(sold.piece(line_gid).words))),
            sold=sold.piece(line_gid).quantity,
            elsewhere=elsewhere,
        )
        for line_gid, title, quantity, elsewhere in coming
    )
    return ReturnFacts(
        lines=lines,
        country=sold.country,
        channel=sold.channel,
        asked_on=asked_on,
        delivered_on=sold.delivered_on,
        law=law_in(rules["countries"], sold.country),
        policy=policy_for(rules["policy"], sold.country),
        is_open=is_open,
        is_all_of_a_set=in_sets <= {line_gid for line_gid, *_ in coming},
    )


def _elsewhere(session: Session, shop_id: int, rma_id: int | None, line_gid: str) -> int:
    """How many of an order's line are in its other returns; one that came to nothing counts for nothing."""
    query = select(sa.func.coalesce(sa.func.sum(col(RmaLine.quantity)), 0)).join(
        Rma, col(Rma.id) == col(RmaLine.rma_id)
    )
    others = (Rma.shop_id == shop_id, col(Rma.id).is_distinct_from(rma_id), Rma.goods_state != Goods.ENDED)
    return int(session.exec(query.where(*others, RmaLine.line_gid == line_gid)).one()) if line_gid else 0


def _day(session: Session, shop_id: int, at: datetime, country: str) -> date:
    return first_day(at, country, get_shop(session, shop_id).zone)
