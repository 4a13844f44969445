"""Whether things work, in words: the lines of "Up and running", and the setup list."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlmodel import Session, col, select

from consults import advisors
from jobs.models import BEAT_LIMIT, WorkerBeat
from kit.settings import Settings
from logistics import rmas
from logistics.policy_terms import terms_of
from routing import policies
from routing.models import Sweep
from shops.data_requests import waiting_requests
from shops.models import Shop, ShopState


@dataclass(frozen=True)
class Line:
    """One thing and its state; `tone` is a badge's."""

    name: str
    words: str
    tone: str = ""
    path: str = ""


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
        _sweep(session, shop),
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


def _sweep(session: Session, shop: Shop) -> Line:
    """When returns nobody told of were last looked for, in the shop's zone."""
    row = session.get(Sweep, shop.id)
    if row is None or row.last_run_at is None:
        return Line("Look for missed returns", "Not yet")
    at = row.last_run_at.astimezone(ZoneInfo(shop.zone))
    words = f"{at:%H:%M}, {format_date(at.date(), 'd MMMM', locale='en')}"
    return Line("Look for missed returns", words, "warning" if row.last_error else "success")


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
        (
            "What your policy covers on the way",
            any(t.is_on for t in terms_of(session, shop_id=shop.id)),
            "/app/settings/cover",
        ),
        ("A telephone number for every advisor", bool(people) and all(p.phone for p in people), "/app/advisors"),
        ("Rules and default advisor", rule.version > 1 or rule.default_advisor_id is not None, "/app/routing"),
    ]
    return [
        Line(name, "Done" if is_done else "To do", "success" if is_done else "", path) for name, is_done, path in done
    ]
