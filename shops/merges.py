"""Which record of a client stands for which, however Shopify's words about merges are ordered."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import insert_once
from shops.models import ClientMerge, Shop

MOST_STEPS = 100


def note_merge(session: Session, *, shop_id: int, gone_gid: str, kept_gid: str) -> tuple[str, list[str]]:
    """Keep that `gone_gid` is `kept_gid` now; the record that stands at the end, and all that lead to it.

    Two at once wait for each other: each has to see what the other wrote.
    """
    session.connection().execute(sa.update(Shop).where(col(Shop.id) == shop_id).values(state=Shop.state))
    insert_once(session, ClientMerge(shop_id=shop_id, gone_gid=gone_gid, kept_gid=kept_gid))
    last = standing(session, shop_id=shop_id, client_gid=kept_gid)
    return last, merged_into(session, shop_id=shop_id, client_gid=last)


def standing(session: Session, *, shop_id: int, client_gid: str) -> str:
    """The record that stands for `client_gid` today; itself when it was merged into none."""
    seen = [client_gid]
    while len(seen) < MOST_STEPS:
        row = session.get(ClientMerge, (shop_id, seen[-1]))
        if row is None or row.kept_gid in seen:
            break
        seen.append(row.kept_gid)
    return seen[-1]


def merged_into(session: Session, *, shop_id: int, client_gid: str) -> list[str]:
    """Every record that was merged into `client_gid`, directly or by way of others."""
    found: list[str] = []
    wave = [client_gid]
    while wave and len(found) < MOST_STEPS:
        into = select(ClientMerge.gone_gid).where(ClientMerge.shop_id == shop_id, col(ClientMerge.kept_gid).in_(wave))
        wave = [gid for gid in session.exec(into) if gid not in found and gid != client_gid]
        found += wave
    return found


def forget(session: Session, *, shop_id: int, client_gid: str) -> None:
    """The client's data had to go: their former records are not known any more."""
    into = merged_into(session, shop_id=shop_id, client_gid=client_gid)
    theirs = (col(ClientMerge.shop_id) == shop_id, col(ClientMerge.gone_gid).in_([*into, client_gid]))
    session.connection().execute(sa.delete(ClientMerge).where(*theirs))
