"""WhatsApp by Twilio. A business may begin with approved templates only; free words answer for a day after theirs."""

import json
from collections.abc import Mapping

from kit.causes import Cause
from kit.errors import OutsideError
from kit.settings import Settings
from notifications.channels.sms import errors, find_sent, make_client
from notifications.ports import Outgoing
from notifications.whatsapp_templates import content_variables, read_templates, template_for

PREFIX = "whatsapp:"


class TwilioWhatsApp:
    """The channel "whatsapp". `sender` is our number there, without the prefix.

    A template goes by its ContentSid and numbered ContentVariables: one that stands in Body is not taken any more.
    """

    name = "whatsapp"

    def __init__(self, settings: Settings):
        self.settings = settings
        self.sender = settings.twilio_whatsapp_from.removeprefix(PREFIX)
        self.templates: Mapping[str, Mapping[str, str]] = read_templates(settings.twilio_templates)
        self.client = make_client(settings) if settings.texts_are_sent and self.sender else None

    @property
    def is_set_up(self) -> bool:
        """Whether Twilio's settings and a sender on WhatsApp are there."""
        return self.client is not None

    def send(self, message: Outgoing) -> str:
        """Twilio's sid of the message it accepted. Without a template, where one is needed, Twilio is not asked."""
        assert self.client is not None
        if message.may_write_freely:
            words = {"body": message.body}
        else:
            sid = template_for(self.templates, message.name, message.locale)
            if not sid:
                raise OutsideError("twilio", "no approved template for it", permanent=True, cause=Cause.WINDOW)
            words = {
                "content_sid": sid,
                "content_variables": json.dumps(content_variables(message.name, message.values)),
            }
        with errors():
            sent = self.client.messages.create(
                to=PREFIX + message.recipient,
                from_=PREFIX + (message.sender or self.sender),
                status_callback=f"{self.settings.app_url}/webhooks/twilio/status",
                **words,
            )
        return str(sent.sid)

    def find(self, message: Outgoing) -> str | None:
        """The sid of the same message to the same person since it was written."""
        assert self.client is not None
        return find_sent(self.client, message, PREFIX + message.recipient)
