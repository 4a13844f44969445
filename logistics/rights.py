"""Two rights about money: to grant it, as an advisor does, and to pay it, as those who keep the books do."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from kit.errors import AppError
from logistics.models import LogisticsPolicy, Settlement
from logistics.money_models import MoneyRight
from logistics.states import SettlementState

NOT_YOURS = "You may look at this amount. Granting or paying it is another person's right."


class Forbidden(AppError):
    """The caller may see it, and may not do it."""

    status = 403
    code = "forbidden"


@dataclass(frozen=True)
class Rights:
    """What one person may do about money."""

    may_grant: bool
    may_pay: bool

    def may_settle(self, settlement: Settlement, policy: LogisticsPolicy) -> bool:
        """Whether their click sends it: they may pay, or nobody has to confirm this one."""
        return self.may_pay or (self.may_grant and not must_confirm(policy, settlement))

    def must_grant(self) -> None:
        """Raises Forbidden without that right."""
        if not self.may_grant:
            raise Forbidden(NOT_YOURS)

    def must_pay(self) -> None:
        """Raises Forbidden without that right."""
        if not self.may_pay:
            raise Forbidden(NOT_YOURS)

    def check(self, settlement: Settlement, policy: LogisticsPolicy) -> None:
        """Raises Forbidden where their click may do nothing at all."""
        if not self.may_grant and not self.may_pay:
            raise Forbidden(NOT_YOURS)
        only_pays = settlement.granted_at is None and not self.may_grant
        if only_pays and settlement.state is SettlementState.PROPOSED and must_confirm(policy, settlement):
            raise Forbidden("Somebody with the right to grant it says yes first; then you confirm it.")
        if settlement.state is SettlementState.UNSETTLED and not self.may_pay:
            raise Forbidden("Whether this went out is looked into by somebody with the right to pay.")


BOTH = Rights(may_grant=True, may_pay=True)
GRANT = Rights(may_grant=True, may_pay=False)


def must_confirm(policy: LogisticsPolicy, settlement: Settlement) -> bool:
    """Whether somebody with the right to pay has to confirm it. What Shopify gave no shop amount for always counts."""
    above = policy.finance_above_cents
    if above is None or not (settlement.amount_cents or settlement.elsewhere_cents):
        return False
    return settlement.shop_cents is None or settlement.shop_cents > above or bool(settlement.elsewhere_cents)


def rights_of(session: Session, *, shop_id: int, who: str) -> Rights:
    """What that member of staff may do. Until somebody gave a right to anybody, whoever is in the admin has both."""
    rows = {row.who: row for row in rights(session, shop_id=shop_id)}
    if not rows:
        return BOTH
    mine = rows.get(who)
    return Rights(mine.may_grant, mine.may_pay) if mine else Rights(False, False)


def rights(session: Session, *, shop_id: int) -> list[MoneyRight]:
    """Who may do what, in the order they were named."""
    return list(session.exec(select(MoneyRight).where(MoneyRight.shop_id == shop_id).order_by(col(MoneyRight.id))))


def give_rights(session: Session, *, shop_id: int, who: str, name: str, may_grant: bool, may_pay: bool) -> None:
    """Give or take rights. Raises AppError where nobody would be left who may pay."""
    rows = rights(session, shop_id=shop_id)
    others = [row for row in rows if row.who != who]
    if not may_pay and not any(row.may_pay for row in others) and (others or may_grant):
        raise AppError("Somebody has to be able to pay. Give that right to a person first.")
    row = next((row for row in rows if row.who == who), None) or MoneyRight(shop_id=shop_id, who=who)
    if not may_grant and not may_pay:
        if row.id is not None:
            session.delete(row)
        return
    row.name, row.may_grant, row.may_pay = name, may_grant, may_pay
    session.add(row)
