"""What a channel has to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Attachment:
    """A file beside the text. `mime` may carry parameters: "text/calendar; method=REQUEST"."""

    filename: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Outgoing:
    """A message as a channel sees it. `message_id` is ours and makes provider-side copies recognisable.

    `name`, `locale` and `values` choose and fill an approved template where a channel wants one; `may_write_freely`
    says that it does not just now. `sender` is our number where it is not the usual one. `known` are the provider's
    ids of other messages of the house, which are not this one.
    """

    message_id: int
    house: str
    recipient: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...]
    made_at: datetime
    name: str = ""
    locale: str = "en"
    values: Mapping[str, Any] = field(default_factory=dict)
    may_write_freely: bool = False
    sender: str = ""
    known: frozenset[str] = frozenset()


class Channel(Protocol):
    """One way to reach a person."""

    name: str

    @property
    def is_set_up(self) -> bool:
        """Whether anything can be sent; if not, messages are held."""
        ...

    def send(self, message: Outgoing) -> str:
        """Hand it over and return the provider's id. Raises OutsideError, `ambiguous` when it may have gone out."""
        ...

    def find(self, message: Outgoing) -> str | None:
        """The provider's id of a message handed over before, or None when it certainly was not.

        Raises OutsideError with `permanent` when this channel cannot tell.
        """
        ...
