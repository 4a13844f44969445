"""A withdrawal by law: acknowledged at once, on a durable medium, whatever else is switched on or off."""

from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.languages import spoken_locale
from logistics import rmas, statements
from logistics.eligibility import Track
from logistics.history import APP, lock_rma, note_step
from logistics.in_words import date_in_words, instant_in_words
from logistics.judging import verdict_of
from logistics.refund_promises import promise_of
from logistics.telling import write_letter
from shops.shops import get_shop

ACKNOWLEDGED = "withdrawal_acknowledged"
AT_ONCE = "Stated on our page, and acknowledged in writing when it came."
NO_ADDRESS = "No e-mail address is known, so the client has to be told by letter that the withdrawal was received."


def acknowledge_withdrawal(begin: Begin, *, addresses: Addresses, shop_id: int, rma_id: int) -> None:
    """Tell the client in writing that the withdrawal came, with its day and time. Once; asks for nothing."""
    with begin() as session:
        rma, now = lock_rma(session, shop_id=shop_id, rma_id=rma_id), clock.now()
        verdict = verdict_of(session, rma)
        is_done = any(step.kind == ACKNOWLEDGED for step in rmas.steps(session, rma))
        if verdict is None or verdict.track is not Track.STATUTORY or is_done:
            return
        zone = get_shop(session, shop_id).zone
        if statements.statement_of(session, shop_id=shop_id, order_gid=rma.order_gid) is not None:
            note_step(session, rma, ACKNOWLEDGED, actor=APP, now=now, detail=AT_ONCE)
            return
        values = {
            "order": rma.order_name,
            "received": instant_in_words(verdict.asked_at, zone, spoken_locale(rma.client_locale)),
            "refund_by": date_in_words(promise_of(session, rma, now=now).due.on, spoken_locale(rma.client_locale)),
        }
        is_written = write_letter(session, addresses, rma, "withdrawal_received", values, quietly=False, now=now)
        detail = f"Received on {values['received']}." if is_written else NO_ADDRESS
        note_step(
            session, rma, ACKNOWLEDGED if is_written else "withdrawal_by_letter", actor=APP, now=now, detail=detail
        )
