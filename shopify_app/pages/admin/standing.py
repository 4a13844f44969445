"""Whether things work, in words: the lines of "Up and running", the setup list, and the one banner."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from consults import advisors
from jobs.attempts import failed_jobs
from jobs.models import JobTrouble, TroubleState, WorkerBeat
from kit.settings import Settings
from logistics import rmas
from routing import policies
from shopify_app.pages.operators import BEAT_LIMIT
from shops.data_requests import waiting_requests
from shops.models import Shop, ShopState


@dataclass(frozen=True)
class Line:
    """One thing and its state; `tone` is a badge's."""

    name: str
    words: str
    tone: str = ""
    path: str = ""


@dataclass(frozen=True)
class Notice:
    """The page's one banner."""

    heading: str
    words: str
    path: str = ""
    link: str = ""


def up_and_running(session: Session, shop: Shop, config: Settings, now: datetime) -> list[Line]:
    """What a merchant relies on, and whether it works now."""
    assert shop.id is not None
    connected = shop.state is ShopState.ACTIVE and shop.access_token is not None
    address = rmas.policy_of(session, shop.id).receiver.is_usable
    return [
        Line("Portal page", "Live", "success") if connected else Line("Portal page", "Not connected", "warning"),
        _sending("Text messages", config.texts_are_sent),
        _sending("E-mail", bool(config.smtp_url)),
        _carrier(bool(config.easypost_api_key), address),
        _worker(session, now),
        *_owed(session, shop.id),
    ]


def _sending(name: str, is_sent: bool) -> Line:
    return Line(name, "Sending", "success") if is_sent else Line(name, "Held in the outbox", "", "/app/activity")


def _carrier(is_set: bool, has_address: bool) -> Line:
    if not has_address:
        return Line("Parcel labels", "Address missing", "warning", "/app/settings")
    return Line("Parcel labels", "Connected", "success") if is_set else Line("Parcel labels", "Not connected")


def _worker(session: Session, now: datetime) -> Line:
    newest = session.exec(select(WorkerBeat.beat_at).order_by(col(WorkerBeat.beat_at).desc()).limit(1)).first()
    if newest is None or now - newest > BEAT_LIMIT:
        return Line("Background work", "Not running", "warning")
    return Line("Background work", "Running", "success")


def _owed(session: Session, shop_id: int) -> list[Line]:
    """Exports the shop owes its clients; nothing to say when there are none."""
    owed = waiting_requests(session, shop_id=shop_id)
    if not owed:
        return []
    words = f"{len(owed)} waiting, due {owed[0].due_on:%d %B}".replace(" 0", " ")
    return [Line("Requests for personal data", words, "warning", "/app/privacy")]


def setup(session: Session, shop: Shop) -> list[Line]:
    """What a shop chooses before its first return; `tone` is "success" for what is done."""
    assert shop.id is not None
    people = advisors.advisors(session, shop_id=shop.id, active=True)
    rule = policies.policy_row(session, shop.id)
    done = [
        ("House name and telephone", bool(shop.house and shop.telephone), "#house"),
        ("Address that parcels come back to", rmas.policy_of(session, shop.id).receiver.is_usable, "#parcels"),
        ("A telephone number for every advisor", bool(people) and all(p.phone for p in people), "/app/advisors"),
        ("Rules and default advisor", rule.version > 1 or rule.default_advisor_id is not None, "/app/routing"),
    ]
    return [
        Line(name, "Done" if is_done else "To do", "success" if is_done else "", path) for name, is_done, path in done
    ]


def notice(session: Session, shop: Shop) -> Notice | None:
    """The most pressing thing a person has to do, if there is one."""
    assert shop.id is not None
    if shop.state is ShopState.RECONNECT:
        words = "Shopify no longer lets the app read this store. Load this page again to renew the connection."
        return Notice("Reconnect the app", words)
    trouble = failed_jobs(session, shop_id=shop.id)
    return _waiting(trouble) or _given_up(trouble) or _asked(session, shop.id)


def _waiting(trouble: list[JobTrouble]) -> Notice | None:
    found = [row for row in trouble if row.state is TroubleState.WAITING]
    if not found:
        return None
    heading = "One return waits for you" if len(found) == 1 else f"{len(found)} steps wait for you"
    return Notice(heading, found[0].reason, "/app/activity", "See what waits")


def _given_up(trouble: list[JobTrouble]) -> Notice | None:
    count = sum(row.state is TroubleState.GIVEN_UP for row in trouble)
    if not count:
        return None
    heading = "One step did not succeed" if count == 1 else f"{count} steps did not succeed"
    return Notice(heading, "They stay listed until they are tried again or put aside.", "/app/activity", "Look at them")


def _asked(session: Session, shop_id: int) -> Notice | None:
    owed = waiting_requests(session, shop_id=shop_id)
    if not owed:
        return None
    words = f"Hand the export over by {owed[0].due_on:%d %B %Y}.".replace(" 0", " ")
    heading = "A client asks what is kept about them" if len(owed) == 1 else f"{len(owed)} clients ask what is kept"
    return Notice(heading, words, "/app/privacy", "See the requests")
