"""The merchant's chain: in which order it is asked, which codes stand for whom, where to look for them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from kit.db import insert_once
from kit.errors import AppError, Conflict
from routing.facts import Directory
from routing.levels import MOVABLE, Chain
from routing.reads import SignalKeys
from routing.seller_models import AdvisorCode, BookHandOver, ClaimEvidence, SellerChain
from routing.signals import plain_code

DEFAULT_KEYS = ("_advisor_code", "advisor_code", "advisor")
"""Cart and line attributes a code is read from where the merchant named none. An underscore hides one at checkout."""
MOST_KEYS, MOST_CODES, LATEST_CLAIMS = 20, 5000, 300


def chain_row(session: Session, shop_id: int) -> SellerChain:
    """The shop's choice, or the defaults when it made none (then not attached to the session)."""
    return session.get(SellerChain, shop_id) or _defaults(shop_id)


def chain_of(row: SellerChain) -> Chain:
    """The row as find_seller takes it. A level that is not known any more is passed over."""
    known = {level.value: level for level in MOVABLE}
    order = tuple(known[name] for name in row.levels if name in known)
    return Chain(order, frozenset(known[name] for name in row.off if name in known))


def signal_keys(row: SellerChain) -> SignalKeys:
    """Where in Shopify to look."""
    return SignalKeys(row.client_namespace, row.client_key)


def complete(session: Session, shop_id: int, directory: Directory) -> Directory:
    """`directory` with the merchant's chain, its codes, and who took over from whom. `by_id` has to be filled."""
    people = directory.by_id
    codes = {row.plain: people[row.advisor_id] for row in codes_of(session, shop_id) if row.advisor_id in people}
    moved = session.exec(select(BookHandOver).where(BookHandOver.shop_id == shop_id))
    successors = {row.from_advisor_id: people[row.to_advisor_id] for row in moved if row.to_advisor_id in people}
    chain = chain_of(chain_row(session, shop_id))
    return replace(directory, by_code=codes, successors=successors, chain=chain)


def change_chain(session: Session, *, shop_id: int, order: Sequence[str], off: Sequence[str]) -> None:
    """Save the order of the levels. Raises AppError unless each movable level is named once."""
    if sorted(order) != sorted(level.value for level in MOVABLE):
        raise AppError("Give each kind of evidence a place of its own.")
    row = _own_row(session, shop_id)
    row.levels, row.off = list(order), [level for level in order if level in set(off)]
    session.add(row)


def change_places(session: Session, *, shop_id: int, values: Mapping[str, Any]) -> None:
    """Save where codes and the client's advisor are read from; `values` as read_places() made them."""
    row = _own_row(session, shop_id)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)


def _own_row(session: Session, shop_id: int) -> SellerChain:
    """The shop's row, to be changed; made with the defaults when it has none yet."""
    insert_once(session, _defaults(shop_id))
    return session.exec(select(SellerChain).where(SellerChain.shop_id == shop_id)).one()


def _defaults(shop_id: int) -> SellerChain:
    return SellerChain(shop_id=shop_id, levels=list(MOVABLE), attribute_keys=list(DEFAULT_KEYS))


def codes_of(session: Session, shop_id: int) -> list[AdvisorCode]:
    """Every code of the shop, by itself."""
    query = select(AdvisorCode).where(AdvisorCode.shop_id == shop_id)
    return list(session.exec(query.order_by(col(AdvisorCode.plain))))


def give_code(session: Session, *, shop_id: int, code: str, advisor_id: int) -> None:
    """Let `code` stand for that advisor. Raises AppError for one that is none, Conflict for one somebody has."""
    shown, plain = " ".join(code.split()), plain_code(code)
    if not 2 <= len(shown) <= 64 or len(plain) > 64:  # in small letters some signs are two
        raise AppError("Write a code of 2 to 64 signs, for example NYC-017.")
    get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    codes = {row.plain: row.advisor_id for row in codes_of(session, shop_id)}
    if plain not in codes and len(codes) >= MOST_CODES:
        raise AppError(f"More than {MOST_CODES} codes cannot be kept.")
    if insert_once(session, AdvisorCode(shop_id=shop_id, plain=plain, shown=shown, advisor_id=advisor_id)):
        return
    mine = (AdvisorCode.shop_id == shop_id, AdvisorCode.plain == plain)
    taken = session.exec(select(AdvisorCode).where(*mine)).one()
    if taken.advisor_id != advisor_id:
        holder = get_advisor(session, shop_id=shop_id, advisor_id=taken.advisor_id)
        raise Conflict(f"{shown} is the code of {holder.name} already.")


def take_code(session: Session, *, shop_id: int, code_id: int) -> None:
    """Let a code stand for nobody. What was decided by it stays."""
    mine = (col(AdvisorCode.id) == code_id, col(AdvisorCode.shop_id) == shop_id)
    session.connection().execute(sa.delete(AdvisorCode).where(*mine))


def codes_of_nobody(session: Session, shop_id: int) -> list[tuple[str, int]]:
    """Codes on the latest orders that stand for nobody, most frequent first, with how often: for a merchant to map.

    One code however it is written, shown as it was written last.
    """
    known = {code.plain for code in codes_of(session, shop_id)}
    query = select(ClaimEvidence.value).where(ClaimEvidence.shop_id == shop_id).order_by(col(ClaimEvidence.id).desc())
    written = [" ".join(value.split()) for value in session.exec(query.limit(LATEST_CLAIMS))]
    shown = {plain_code(code): code for code in reversed(written)}
    counts = Counter(plain_code(code) for code in written)
    return [(shown[plain], count) for plain, count in counts.most_common() if plain not in known][:10]


def read_places(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """A form's values as columns, and a sentence for each field to correct."""
    keys = list(dict.fromkeys(key.strip() for key in form.get("attribute_keys", "").replace("\n", ",").split(",")))
    keys = [key for key in keys if key]
    namespace, _, name = form.get("client_metafield", "").strip().rpartition(".")
    tag, days = form.get("client_tag", "").strip(), form.get("consult_days", "").strip()
    wrongs = {}
    if len(keys) > MOST_KEYS or any(len(key) > 100 for key in keys):
        wrongs["attribute_keys"] = f"Name {MOST_KEYS} attributes at most, with commas between them."
    if not is_name(namespace.removeprefix("$app:")) or not is_name(name):
        wrongs["client_metafield"] = "Write namespace and key with a dot between them, for example custom.advisor."
    if len(tag) < 2 or len(tag) > 60 or "," in tag:
        wrongs["client_tag"] = "Write what comes before the code in the tag, for example advisor:"
    days = days if days.isascii() and days.isdigit() and len(days) <= 3 else ""
    if not days or not 1 <= int(days) <= 365:
        wrongs["consult_days"] = "Write a number of days from 1 to 365."
    values = {
        "attribute_keys": keys,
        "client_namespace": namespace,
        "client_key": name,
        "client_tag": tag,
        "consult_days": int(days or 30),
        "writes_back": "writes_back" in form,
    }
    return values, wrongs


def is_name(text: str) -> bool:
    """Whether it may be the namespace or the key of a metafield."""
    plain = text.replace("_", "").replace("-", "")
    return 1 <= len(text) <= 64 and plain.isascii() and plain.isalnum()
