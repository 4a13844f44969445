"""What Shopify has no field for, and where this house notes it: the client's tier, made to order, final sale."""

from collections.abc import Mapping

from sqlmodel import Session, select

from kit.db import insert_once
from routing.chains import is_name
from routing.looking import Marks, plain_mark
from routing.models import HouseMarks

MOST_MARKS, LONGEST_MARK = 30, 100
SAID = {
    "made_to_order": "Write the tags or line attributes, for example made-to-order.",
    "final_sale": "Write the tags or line attributes, for example final-sale.",
}


def marks_of(session: Session, shop_id: int) -> Marks:
    """The shop's choice, or the usual ones."""
    row = session.get(HouseMarks, shop_id)
    if row is None:
        return Marks()
    return Marks(row.tier_namespace, row.tier_key, tuple(row.made_to_order), tuple(row.final_sale))


def keep_marks(session: Session, *, shop_id: int, marks: Marks) -> None:
    """Save the shop's choice; it holds for returns from now on."""
    insert_once(session, HouseMarks(shop_id=shop_id))
    row = session.exec(
        select(HouseMarks).where(HouseMarks.shop_id == shop_id).execution_options(populate_existing=True)
    ).one()
    row.tier_namespace, row.tier_key = marks.tier_namespace, marks.tier_key
    row.made_to_order, row.final_sale = list(marks.made_to_order), list(marks.final_sale)
    session.add(row)
    session.flush()


def read_marks(form: Mapping[str, str]) -> tuple[Marks, dict[str, str]]:
    """A form's values, and a sentence for each field to correct."""
    namespace, _, key = form.get("tier_metafield", "").strip().rpartition(".")
    wrongs = {}
    if not is_name(namespace.removeprefix("$app:")) or not is_name(key):
        wrongs["tier_metafield"] = "Write namespace and key with a dot between them, for example custom.tier."
    words = {name: _listed(form.get(name, "")) for name in SAID}
    for name, found in words.items():
        if not found:
            wrongs[name] = SAID[name]
        elif len(found) > MOST_MARKS or any(len(mark) > LONGEST_MARK for mark in found):
            wrongs[name] = f"At most {MOST_MARKS}, of at most {LONGEST_MARK} letters each."
    if not wrongs and (both := set(words["made_to_order"]) & set(words["final_sale"])):
        wrongs["final_sale"] = f"“{min(both)}” already stands for made to order."
    return Marks(namespace, key, words["made_to_order"], words["final_sale"]), wrongs


def _listed(text: str) -> tuple[str, ...]:
    found = (plain_mark(part) for part in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(mark for mark in found if mark))
