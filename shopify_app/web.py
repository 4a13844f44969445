"""What a page needs of the running application: a transaction, the time, the settings."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app
from sqlmodel import Session

from consults.rooms.provider import Rooms
from kit import clock
from kit.addresses import Addresses
from kit.db import Database
from kit.settings import Settings
from logistics.ports import PictureStore
from notifications.codes import Verifier


@dataclass(frozen=True)
class Running:
    """Kept in app.extensions["returns"]."""

    settings: Settings
    database: Database
    addresses: Addresses
    pictures: PictureStore
    rooms: Rooms
    verifier: Verifier | None = None


def running() -> Running:
    """What create_app put together."""
    return cast(Running, current_app.extensions["returns"])


def begin() -> AbstractContextManager[Session]:
    """One transaction: a request has one, and it commits when the block ends."""
    return running().database.begin()


def now() -> datetime:
    """This instant, in UTC."""
    return clock.now()


def addresses() -> Addresses:
    """Where our pages are, by APP_URL."""
    return running().addresses


def settings() -> Settings:
    """What the operator chose."""
    return running().settings


def pictures() -> PictureStore:
    """Where pictures of pieces are kept."""
    return running().pictures


def verifier() -> Verifier | None:
    """Who sends and checks one-time codes by text; None: we do so ourselves."""
    return running().verifier


def rooms() -> Rooms:
    """Who may carry a conversation, by name."""
    return running().rooms
