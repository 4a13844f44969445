"""What is told to notifications from outside."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MessageStatus:
    """A provider's word on a message, by the provider's id."""

    provider_id: str
    status: str
    error_code: str
