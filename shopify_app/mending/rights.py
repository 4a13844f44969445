"""Findings about Shopify itself: the grant, rights, what it tells and what it keeps back, and our own looks."""

from datetime import timedelta

from sqlmodel import col, select

from jobs.models import BEAT_LIMIT, WorkerBeat
from kit.causes import Cause
from routing.decide import Outcome
from routing.models import Decision
from routing.sellers import Level
from shopify_app.admin_api.scopes import is_granted
from shopify_app.mending.granted import missing_rights
from shopify_app.mending.look import ACTIVITY, CRITICAL, HERE, NOTE, Failure, Look, Place
from shops.data_requests import waiting_requests
from shops.models import ShopState
from webhooks.models import Delivery, DeliveryState

LATE_SWEEP = timedelta(minutes=30)
LATELY = timedelta(days=30)


def lost_grant(look: Look) -> list[Place]:
    """Only a person opening the app can renew it."""
    has_grant = look.shop.access_token is not None
    return [] if has_grant and look.shop.state is not ShopState.RECONNECT else [HERE]


def closed_shop(look: Look) -> list[Place]:
    """Shopify answers for a store that is paused or frozen with a plain no."""
    return look.stopped(Cause.SHOP_CLOSED)


def without_rights(look: Look) -> list[Place]:
    """Rights every shop grants, and steps that met a closed door."""
    known = [Place(right.name, "/app/settings#rights") for right in missing_rights(look.shop, needed=True)]
    return known or [HERE for _ in look.stopped(Cause.WITHHELD)][:1]


def hidden_clients(look: Look) -> list[Place]:
    """Protected customer data was not approved."""
    return [HERE] if look.shop.withheld_at else []


def old_orders(look: Look) -> list[Place]:
    """Returns whose order is older than 60 days."""
    return look.stopped(Cause.OLD_ORDER)


def unknown_sellers(look: Look) -> list[Place]:
    """Cases that went to somebody who did not sell the piece, in a shop that does not show its staff."""
    if not look.shop.scopes or is_granted("read_users", look.shop.scopes):
        return []
    guessed = select(Decision.id).where(
        Decision.shop_id == look.shop_id,
        col(Decision.outcome).in_([outcome for outcome in Outcome if outcome.is_conversation]),
        col(Decision.level).in_((Level.BOUTIQUE, Level.DEFAULT)),
        Decision.decided_at > look.now - LATELY,
    )
    return [HERE] if look.session.exec(guessed.limit(1)).first() else []


def sweep_behind(look: Look) -> list[Place]:
    """The look for returns nobody told of failed, or is overdue."""
    if look.shop.state is not ShopState.ACTIVE or idle_worker(look):
        return []
    last = look.sweep.last_run_at if look.sweep else None
    overdue = look.now - max(last or look.shop.installed_at, look.shop.installed_at) > LATE_SWEEP
    return [HERE] if overdue or (look.sweep and look.sweep.last_error) else []


def untold_returns(look: Look) -> list[Place]:
    """Shopify did not tell of a return, and has told of none since."""
    missed = look.sweep.missed_at if look.sweep else None
    if missed is None:
        return []
    told = select(Delivery.id).where(
        Delivery.shop_domain == look.shop.domain,
        col(Delivery.topic).startswith("returns/"),
        Delivery.received_at > missed,
    )
    return [] if look.session.exec(told.limit(1)).first() else [HERE]


def unread_deliveries(look: Look) -> list[Place]:
    """What Shopify sent and nobody could make sense of."""
    failed = select(Delivery.id).where(Delivery.shop_domain == look.shop.domain, Delivery.state == DeliveryState.FAILED)
    return [Place("", f"/app/activity#delivery-{i}") for i in look.session.exec(failed.limit(100))]


def idle_worker(look: Look) -> list[Place]:
    """Nobody does the work that follows."""
    newest = look.session.exec(select(WorkerBeat.beat_at).order_by(col(WorkerBeat.beat_at).desc()).limit(1)).first()
    return [HERE] if newest is None or look.now - newest > BEAT_LIMIT else []


def owed_exports(look: Look) -> list[Place]:
    """Clients who asked what is kept about them."""
    owed = waiting_requests(look.session, shop_id=look.shop_id)
    return [Place(f"Due {row.due_on:%d %B}".replace(" 0", " "), f"/app/privacy#request-{row.id}") for row in owed]


SHOPIFY: tuple[Failure, ...] = (
    Failure(
        "reconnect",
        lost_grant,
        "Shopify ended the app's access to your store",
        "",
        "Returns are kept and nothing is lost, but nobody is answered until it is renewed.",
        "Load this page again to renew it. If this stays, open the app once more from Shopify's list of apps.",
        "Load the page again",
        "/app",
        CRITICAL,
    ),
    Failure(
        "work_stands_still",
        idle_worker,
        "Work in the background stands still",
        "",
        "Returns are taken in and kept, but no client is invited and no label is made.",
        "Tell whoever runs the app for you. All that waits goes on by itself from then.",
        "See what waits",
        ACTIVITY,
        CRITICAL,
    ),
    Failure(
        "store_closed",
        closed_shop,
        "Shopify does not let the app work in your store",
        "Shopify does not let the app work in your store",
        "The store may be paused, or its plan may have ended. Returns wait meanwhile.",
        "Look at the plan under Settings in the Shopify admin; then have the steps that wait tried at once.",
        "See what waits",
        f"{ACTIVITY}#steps",
        CRITICAL,
    ),
    Failure(
        "rights",
        without_rights,
        "The app is not allowed something it needs",
        "The app is not allowed {n} things it needs",
        "Part of what clients were told to expect does not happen.",
        "Open the app from Shopify's list of apps and accept what it asks for. Settings says what each right is for.",
        "What the app may do",
        "/app/settings#rights",
        CRITICAL,
    ),
    Failure(
        "clients_hidden",
        hidden_clients,
        "Shopify does not show the app who your clients are",
        "",
        "Without names and addresses no client is invited, and labels wait for somebody to add them.",
        "Ask whoever set the app up for you to have protected customer data approved. The next return shows it.",
        "What the app may do",
        "/app/settings#rights",
        CRITICAL,
    ),
    Failure(
        "old_order",
        old_orders,
        "A return waits because its order is older than 60 days",
        "{n} returns wait because their orders are older than 60 days",
        "Shopify keeps such orders from the app. The client sees their request, and nobody answers it from here.",
        "Look after it in Shopify. Settings says how older orders are approved; such a return then comes in by itself.",
        "See what waits",
        f"{ACTIVITY}#steps",
    ),
    Failure(
        "untold",
        untold_returns,
        "Shopify did not tell the app of a return",
        "",
        "It was found by our own look, so the client was answered up to ten minutes later.",
        "Ask whoever set the app up for you to publish its settings at Shopify again; the next return will tell.",
        "See what Shopify sent",
        f"{ACTIVITY}#shopify",
    ),
    Failure(
        "sweep",
        sweep_behind,
        "The look for returns nobody told of did not finish",
        "",
        "Returns come in as Shopify tells of them. One it forgets to tell of is answered late.",
        "It begins again every ten minutes. If this stays for an hour, tell whoever runs the app for you.",
        "See what waits",
        f"{ACTIVITY}#steps",
    ),
    Failure(
        "unread",
        unread_deliveries,
        "Something Shopify sent could not be read",
        "{n} things Shopify sent could not be read",
        "What it told of may be missing here, so a client may be waiting.",
        "Have it read again. If that does not help, look at the return in Shopify, and put it aside.",
        "See what Shopify sent",
        f"{ACTIVITY}#shopify",
    ),
    Failure(
        "sellers",
        unknown_sellers,
        "Shopify does not say who sold some pieces",
        "",
        "Those clients are offered the boutique or the default advisor instead of the person they know.",
        "Let the app read who your members of staff are.",
        "What the app may do",
        "/app/settings#rights",
        NOTE,
    ),
    Failure(
        "export",
        owed_exports,
        "A client asks what is kept about them",
        "{n} clients ask what is kept about them",
        "The law gives you 30 days to answer.",
        "Open the export, hand it over, and say so.",
        "See the requests",
        "/app/privacy",
    ),
)
