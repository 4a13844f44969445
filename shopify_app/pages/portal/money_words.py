"""The money of one return in a client's words: what comes back, or what is left to pay, and how."""

from dataclasses import dataclass

from logistics.models import Settlement
from logistics.rmas import RmaView
from logistics.states import SettlementState
from shopify_app.pages.portal.tongue import _, with_piece


@dataclass(frozen=True)
class MoneyWords:
    """`is_back`: money goes to the client. `pay_url` is Shopify's checkout where `owed` is left to pay, else ""."""

    name: str
    words: str
    pay_url: str = ""
    owed: str = ""
    is_back: bool = False


def money_words(seen: RmaView, refund: str, locale: str, *, instead: str = "", as_credit: bool = False) -> MoneyWords:
    """By the newest batch that counts; `refund` is what goes back in figures, "" where that is not ours to name.

    Before there is one, by what the client chose: the piece `instead`, or credit.
    """
    batch = next((b for b in reversed(seen.settlements) if b.state is not SettlementState.VOID), None)
    if batch is None and instead:
        words = _("%(piece)s. What differs in price is settled once we have looked at yours", piece=instead)
        return MoneyWords(_("In its place"), words)
    if batch is None:
        return _as_credit(refund) if as_credit else _to_card(refund)
    if batch.owed_cents:
        return _to_pay(batch, locale)
    if batch.exchanges and not batch.amount_cents:
        return MoneyWords(with_piece("Your other %(piece)s"), _("Nothing more to pay"))
    if batch.elsewhere_cents and not batch.amount_cents:
        return _as_paid(_show(batch.elsewhere_cents, batch, locale))
    if batch.as_credit:
        return _as_credit(refund)
    return _as_paid(refund) if len(batch.transactions) > 1 else _to_card(refund)


def _as_credit(amount: str) -> MoneyWords:
    words = _("%(amount)s, as credit for another piece", amount=amount)
    return _back(words if amount else _("Your refund, as credit for another piece"))


def _as_paid(amount: str) -> MoneyWords:
    return _back(_("%(amount)s, the way you paid", amount=amount) if amount else _("Your refund, the way you paid"))


def _to_card(amount: str) -> MoneyWords:
    words = _("%(amount)s, to the card you used", amount=amount)
    return _back(words if amount else _("Your refund, to the card you used"))


def _back(words: str) -> MoneyWords:
    return MoneyWords(_("Back to you"), words, is_back=True)


def instead_of(seen: RmaView) -> str:
    """Whether another piece follows instead of money: "", "even", "to_pay" or "paid"."""
    batch = next((b for b in reversed(seen.settlements) if b.state is not SettlementState.VOID), None)
    if batch is None or not batch.exchanges or batch.amount_cents:
        return ""
    if not batch.owed_cents:
        return "even"
    return "paid" if batch.balance_paid_at is not None else "to_pay"


def _to_pay(batch: Settlement, locale: str) -> MoneyWords:
    owed = _show(batch.owed_cents, batch, locale)
    if batch.balance_paid_at is not None:
        return MoneyWords(with_piece("Your other %(piece)s"), _("%(amount)s paid; it is on its way next", amount=owed))
    words = _("%(amount)s, for the piece you chose instead", amount=owed)
    return MoneyWords(_("Left to pay"), words, batch.pay_url if batch.settled_at else "", owed)


def _show(cents: int, batch: Settlement, locale: str) -> str:
    return type(batch.amount)(cents, batch.currency).show(locale.replace("-", "_"))
