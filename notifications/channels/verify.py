"""Codes by Twilio Verify: it makes, sends and checks them, with limits of its own. No code of its passes through us."""

from twilio.base.exceptions import TwilioRestException

from kit.settings import Settings
from notifications.channels.sms import errors, make_client
from notifications.codes import Found

NO_SUCH = 404
TOO_OFTEN = (60202, 60203, 60212, 20429)
"""Most checks, most sends, too many at once: twilio.com/docs/api/errors/60202"""


class TwilioVerify:
    """Fits notifications.codes.Verifier."""

    def __init__(self, settings: Settings):
        self.service = settings.twilio_verify_service_sid
        self.client = make_client(settings) if settings.texts_are_sent and self.service else None

    @property
    def is_set_up(self) -> bool:
        """Whether there is a Verify service to ask."""
        return self.client is not None

    def send(self, to: str, channel: str, locale: str) -> None:
        """Send a code; asked again within ten minutes, Verify sends the same one again."""
        assert self.client is not None
        with errors():
            self.client.verify.v2.services(self.service).verifications.create(to=to, channel=channel)

    def check(self, to: str, code: str) -> Found:
        """A wrong code leaves it pending and is no exception; one that was approved or ran out is 404."""
        assert self.client is not None
        with errors():
            try:
                answer = self.client.verify.v2.services(self.service).verification_checks.create(to=to, code=code)
            except TwilioRestException as refused:
                if refused.status == NO_SUCH:
                    return Found.OVER
                if refused.code in TOO_OFTEN:
                    return Found.BLOCKED
                raise
            return Found.RIGHT if answer.status == "approved" else Found.AGAIN
