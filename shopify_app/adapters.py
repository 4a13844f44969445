"""Who does what is asked of the outside world, as the settings say: one function a port, and what joins two sides."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlmodel import Session

from consults.ports import BusyCalendar
from consults.rooms.built_in import BuiltInRooms
from consults.rooms.own_link import OwnLinkRooms
from consults.rooms.provider import EMBEDDED, LINK, TWILIO_VIDEO, Rooms
from consults.rooms.relays import Relay, TwilioRelay
from consults.rooms.twilio_video import TwilioRooms
from kit.addresses import Addresses
from kit.clock import now as clock_now
from kit.settings import Settings
from logistics.carriers.unset import NoCarrier
from logistics.ports import Carrier, PictureStore
from logistics.rmas import find_rma
from logistics.stores.folder import Folder
from notifications.codes import Verifier
from notifications.ports import Channel
from shops import links


def make_channels(settings: Settings) -> Mapping[str, Channel]:
    """Channel name -> adapter. One that is not set up holds its messages and says so."""
    # Providers' libraries are loaded by the worker only: a web process calls none of them, and they are not small.
    from notifications.channels.email import SmtpEmail
    from notifications.channels.sms import TwilioSms
    from notifications.channels.whatsapp import TwilioWhatsApp

    return {"sms": TwilioSms(settings), "whatsapp": TwilioWhatsApp(settings), "email": SmtpEmail(settings)}


def make_verifier(settings: Settings) -> Verifier | None:
    """Who sends and checks one-time codes by text; None: we do so ourselves."""
    if not (settings.texts_are_sent and settings.twilio_verify_service_sid):
        return None
    from notifications.channels.verify import TwilioVerify

    return TwilioVerify(settings)


def make_calendars() -> Mapping[str, BusyCalendar]:
    """Who reads the calendars that say when advisors are busy, by the name their rows have."""
    from consults.busy_calendars import IcsCalendar

    return {IcsCalendar.name: IcsCalendar()}


def make_carrier(settings: Settings) -> Carrier:
    """Who sells labels."""
    if not settings.easypost_api_key:
        return NoCarrier()
    from logistics.carriers.easypost import EasyPost

    return EasyPost(settings.easypost_api_key, api_base=settings.easypost_api_base)


def make_pictures(settings: Settings) -> PictureStore:
    """Where pictures of pieces are kept: a bucket where one is set up, else a folder."""
    if not settings.pictures_s3_bucket:
        return Folder(settings.pictures_folder)
    from logistics.stores.s3 import S3

    return S3(
        endpoint=settings.pictures_s3_endpoint,
        bucket=settings.pictures_s3_bucket,
        region=settings.pictures_s3_region,
        key=settings.pictures_s3_key,
        secret=settings.pictures_s3_secret,
    )


def make_rooms(settings: Settings) -> Rooms:
    """Provider name -> who carries picture and sound. Built everywhere; only a worker calls out."""
    scripts = Path(__file__).parent / "static" / "vendor"
    return {
        EMBEDDED: BuiltInRooms(relay_only=settings.turn_only == "yes"),
        TWILIO_VIDEO: TwilioRooms(settings, scripts, _twilio),
        LINK: OwnLinkRooms(),
    }


def make_relay(settings: Settings) -> Relay | None:
    """Who lends relays for the built-in room, besides TURN_URLS."""
    return TwilioRelay(lambda: _twilio(settings)) if settings.texts_are_sent else None


def _twilio(settings: Settings) -> Any:
    from notifications.channels.sms import make_client

    return make_client(settings)


class ReturnPages:
    """Fits consults.ports.ReturnPages: the parcel side's page, for a letter of the conversation side."""

    def __init__(self, addresses: Addresses):
        self.addresses = addresses

    def fresh_link(self, session: Session, *, shop_id: int, return_gid: str) -> str | None:
        """A new address of the client's return page; None when there is no such return."""
        rma = find_rma(session, shop_id=shop_id, return_gid=return_gid)
        if rma is None or rma.id is None:
            return None
        token = links.issue_link(session, shop_id=shop_id, purpose=links.RETURN, subject_id=rma.id, now=clock_now())
        return self.addresses.return_page(token)
