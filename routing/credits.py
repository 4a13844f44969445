"""The merchant's rule about the credit for a sale: stated, pinned to each case, settled when it is done, exported."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from consults.advisors import advisors, get_advisor
from consults.cases import get_case
from consults.models import Case
from kit.amounts import read_amount
from kit.db import insert_once
from kit.errors import AppError
from kit.money import Money
from kit.text import plain_cell
from routing.commissions import Kind, Line, Terms, effect
from routing.commissions import settle as settle_lines
from routing.ledgers import CaseTerms, CommissionRule, Credit
from shops.shops import get_shop

HEAD = ("Month", "Order", "Case", "Advisor", "Staff id", "Part", "Outcome", "Rule", "Credit", "Currency", "Bonus",
        "Bonus currency", "Settled on")  # fmt: skip


class RuleUnclear(AppError):
    """A field of the rule is not usable; `field` names it."""

    code = "rule_unclear"

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field = field


def rule(session: Session, shop_id: int) -> Terms | None:
    """What the merchant states; None while nothing is."""
    row = session.get(CommissionRule, shop_id)
    return _terms(row) if row else None


def state_rule(session: Session, *, shop_id: int, kind: str, percent: str, bonus: str, now: datetime) -> Terms | None:
    """Save the rule for cases opened from now on; "" states none. Raises RuleUnclear, saving nothing."""
    row = session.get(CommissionRule, shop_id)
    if not kind:
        if row:
            session.delete(row)
        return None
    if kind not in set(Kind):
        raise RuleUnclear("kind", "Choose what happens to the credit for the sale.")
    chosen, currency = Kind(kind), get_shop(session, shop_id).currency
    share = _percent(percent) if chosen is Kind.SHARE else 0
    amount = _bonus(bonus, currency) if chosen is Kind.BONUS else 0
    row = row or CommissionRule(shop_id=shop_id, kind=chosen, currency=currency, changed_at=now)
    row.kind, row.percent, row.bonus_cents, row.currency, row.changed_at = chosen, share, amount, currency, now
    session.add(row)
    session.flush()
    return _terms(row)


def _percent(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= 100):
        raise RuleUnclear("percent", "Write a share between 1 and 100.")
    return int(text)


def _bonus(text: str, currency: str) -> int:
    try:
        cents = read_amount(text, currency).cents
    except ValueError:
        cents = 0
    if not 0 < cents < 10**12:
        raise RuleUnclear("bonus", "Write the bonus as an amount, for example 150.")
    return cents


def pin_terms(session: Session, case: Case) -> None:
    """Keep the rule of the day with a case: what is shown before the conversation is what is settled after it."""
    assert case.id is not None
    row = session.get(CommissionRule, case.shop_id)
    if row is not None:
        terms = CaseTerms(case_id=case.id, shop_id=case.shop_id, kind=row.kind, currency=row.currency)
        terms.percent, terms.bonus_cents = row.percent, row.bonus_cents
        insert_once(session, terms)


def effect_on(session: Session, case: Case, *, reader_id: int | None = None) -> str:
    """What the case means for the credit, in the words of `reader_id`, or of whoever answers; "" without a rule."""
    terms = session.exec(select(CaseTerms).where(CaseTerms.case_id == case.id)).first()
    if terms is None:
        return ""
    wanted = {"sold_by": case.owner_id or case.advisor_id, "answered_by": case.advisor_id}
    wanted["reader"] = reader_id or case.advisor_id
    names = {k: get_advisor(session, shop_id=case.shop_id, advisor_id=who).name for k, who in wanted.items()}
    return effect(_terms(terms), value=Money(case.value_cents, case.currency), **names)


def settle_case(session: Session, *, shop_id: int, case_id: int) -> list[Credit]:
    """Write down who is credited what for a closed case; once, however often it is asked."""
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    terms = session.exec(select(CaseTerms).where(CaseTerms.case_id == case_id)).first()
    if terms is None or case.outcome is None or case.closed_at is None:
        return []
    lines = settle_lines(
        _terms(terms),
        owner_id=case.owner_id or case.advisor_id,
        answered_by=case.advisor_id,
        value=Money(case.value_cents, case.currency),
        outcome=case.outcome.value,
    )
    for line in lines:
        insert_once(session, _credit(case, terms.kind, line, case.closed_at))
    return list(session.exec(select(Credit).where(Credit.case_id == case_id).order_by(col(Credit.id))))


def _credit(case: Case, kind: Kind, line: Line, at: datetime) -> Credit:
    assert case.id is not None and case.outcome is not None
    return Credit(
        shop_id=case.shop_id,
        case_id=case.id,
        advisor_id=line.advisor_id,
        part=line.part,
        kind=kind,
        outcome=case.outcome.value,
        credit_cents=line.credit.cents,
        currency=line.credit.currency,
        bonus_cents=line.bonus.cents,
        bonus_currency=line.bonus.currency,
        at=at,
    )


# --- the file for the payroll


@dataclass(frozen=True)
class Month:
    """A month of the shop's own calendar."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """From "2026-11". Raises AppError."""
        try:
            at = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
        except ValueError:
            raise AppError("Choose a month, for example 2026-11.") from None
        if not 2000 <= at.year < 2200:
            raise AppError("Choose a month of this century.")
        return cls(at.year, at.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    def span(self, zone: str) -> tuple[datetime, datetime]:
        """Its first instant and the first after it, UTC."""
        after = (self.year + self.month // 12, self.month % 12 + 1)
        return _midnight(self.year, self.month, zone), _midnight(*after, zone)


def _midnight(year: int, month: int, zone: str) -> datetime:
    local = datetime.combine(datetime(year, month, 1, tzinfo=UTC).date(), time(), ZoneInfo(zone))
    return local.astimezone(UTC)


def payroll(session: Session, *, shop_id: int, month: Month) -> str:
    """The month's credits as CSV, a row each, and below them the sum of every column of money, by currency."""
    zone = get_shop(session, shop_id).zone
    since, until = month.span(zone)
    query = select(Credit, Case).join(Case, col(Case.id) == col(Credit.case_id))
    query = query.where(Credit.shop_id == shop_id, col(Credit.at) >= since, col(Credit.at) < until)
    people = {who.id: who for who in advisors(session, shop_id=shop_id)}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(HEAD)
    for credit, case in session.exec(query.order_by(col(Credit.at), col(Credit.id))):
        who = people[credit.advisor_id]
        sums["credit", credit.currency] += credit.credit_cents
        sums["bonus", credit.bonus_currency] += credit.bonus_cents
        settled_on = credit.at.astimezone(ZoneInfo(zone)).date().isoformat()
        about = (str(month), case.order_name, f"case {case.id}", who.name, who.staff_gid or "", credit.part)
        line = (*about, credit.outcome, credit.kind.value, *_shown(credit), settled_on)
        table.writerow([plain_cell(cell) for cell in line])
    for currency in sorted({currency for _, currency in sums}):
        credited, bonus = Money(sums["credit", currency], currency), Money(sums["bonus", currency], currency)
        row = (str(month), "Total", *[""] * 6, credited.amount, currency, bonus.amount, currency, "")
        table.writerow(row)
    return written.getvalue()


def _shown(credit: Credit) -> tuple[str, str, str, str]:
    amount, bonus = Money(credit.credit_cents, credit.currency), Money(credit.bonus_cents, credit.bonus_currency)
    return amount.amount, credit.currency, bonus.amount, credit.bonus_currency


def _terms(row: CommissionRule | CaseTerms) -> Terms:
    bonus = Money(row.bonus_cents, row.currency) if row.kind is Kind.BONUS else None
    return Terms(row.kind, row.percent, bonus)
