"""The money of one return in a client's words: what comes back, or what is left to pay, and how."""

from dataclasses import dataclass

from logistics.models import Settlement
from logistics.rmas import RmaView
from logistics.states import SettlementState

BACK = "Back to you"


@dataclass(frozen=True)
class MoneyWords:
    """`pay_url` is Shopify's checkout where `owed` is left to pay, "" where nothing is."""

    name: str
    words: str
    pay_url: str = ""
    owed: str = ""

    @property
    def is_back(self) -> bool:
        """Whether money goes to the client."""
        return self.name == BACK


def money_words(seen: RmaView, refund: str, locale: str, *, instead: str = "", as_credit: bool = False) -> MoneyWords:
    """By the newest batch that counts; `refund` is what goes back in words.

    Before there is one, by what the client chose: the piece `instead`, or credit.
    """
    batch = next((b for b in reversed(seen.settlements) if b.state is not SettlementState.VOID), None)
    if batch is None and instead:
        return MoneyWords("In its place", f"{instead}. What differs in price is settled once we have looked at yours")
    if batch is None and as_credit:
        return MoneyWords(BACK, f"{refund}, as credit for another piece")
    if batch is None:
        return MoneyWords(BACK, f"{refund}, to the card you used")
    if batch.owed_cents:
        return _to_pay(batch, locale)
    if batch.exchanges and not batch.amount_cents:
        return MoneyWords("Your other piece", "Nothing more to pay")
    if batch.elsewhere_cents and not batch.amount_cents:
        return MoneyWords(BACK, f"{_show(batch.elsewhere_cents, batch, locale)}, the way you paid")
    if batch.as_credit:
        return MoneyWords(BACK, f"{refund}, as credit for another piece")
    several = len(batch.transactions) > 1
    return MoneyWords(BACK, f"{refund}, the way you paid" if several else f"{refund}, to the card you used")


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
        return MoneyWords("Your other piece", f"{owed} paid; it is on its way next")
    return MoneyWords(
        "Left to pay", f"{owed}, for the piece you chose instead", batch.pay_url if batch.settled_at else "", owed
    )


def _show(cents: int, batch: Settlement, locale: str) -> str:
    return type(batch.amount)(cents, batch.currency).show(locale.replace("-", "_"))
