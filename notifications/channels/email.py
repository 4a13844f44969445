"""Email by SMTP, with our own MIME: an invitation needs a calendar part that providers' mail APIs do not take."""

import smtplib
import ssl
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache
from urllib.parse import unquote, urlsplit

from kit.addresses import Addresses
from kit.causes import Cause
from kit.errors import OutsideError
from kit.settings import Settings
from notifications.channels.mailbox import mailbox
from notifications.ports import Attachment, Outgoing

TIMEOUT_SECONDS = 15
SIGN_IN = (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused)


class SmtpEmail:
    """The channel "email". SMTP_URL: smtp://[user:password@]host[:port] (STARTTLS where offered) or smtps://…"""

    name = "email"

    def __init__(self, settings: Settings):
        self.url = settings.smtp_url
        self.sender = parseaddr(settings.mail_from)[1]
        self.host = Addresses(settings.app_url).host

    @property
    def is_set_up(self) -> bool:
        """Whether there is a server to hand mail to."""
        return bool(self.url)

    def send(self, message: Outgoing) -> str:
        """Hand it to the server and return its Message-ID, which is made from our id: copies share it."""
        try:
            to = mailbox(message.recipient)
        except ValueError as error:
            raise OutsideError("smtp", "that is no address", permanent=True, cause=Cause.ADDRESS) from error
        mail = build(message, sender=self.sender, host=self.host)
        handed_over = accepted = False
        try:
            with self._connect() as server:
                server.ehlo_or_helo_if_needed()
                if to.needs_utf8 and not server.has_extn("smtputf8"):
                    words = "the server only takes addresses in plain letters"
                    raise OutsideError("smtp", words, permanent=True, cause=Cause.ADDRESS)
                options = ["BODY=8BITMIME"] if server.has_extn("8bitmime") else []
                code, answer = server.mail(self.sender, options + ["SMTPUTF8"] * to.needs_utf8)
                if code != 250:
                    raise smtplib.SMTPSenderRefused(code, answer, self.sender)
                code, answer = server.rcpt(str(to))
                if code >= 400:
                    raise smtplib.SMTPRecipientsRefused({str(to): (code, answer)})
                handed_over = True
                code, answer = server.data(mail.as_bytes())
                if code != 250:
                    raise smtplib.SMTPDataError(code, answer)
                accepted = True
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            cause = Cause.ADDRESS if code >= 500 else ""
            raise OutsideError(
                "smtp", f"the address was not taken ({code})", permanent=code >= 500, cause=cause
            ) from error
        except smtplib.SMTPResponseException as error:
            if not accepted:  # a grumble at QUIT changes nothing: the server has the mail
                cause = Cause.ACCOUNT if isinstance(error, SIGN_IN) else ""
                words, permanent = f"answered {error.smtp_code}", error.smtp_code >= 500
                raise OutsideError("smtp", words, permanent=permanent, cause=cause) from error
        except (OSError, smtplib.SMTPException) as error:
            raise OutsideError("smtp", type(error).__name__, ambiguous=handed_over) from error
        return str(mail["Message-ID"])

    def find(self, message: Outgoing) -> str | None:
        """SMTP keeps no record to ask."""
        raise OutsideError("smtp", "the server cannot say whether it took this message", permanent=True)

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=trusted())
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=trusted())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


@cache
def trusted() -> ssl.SSLContext:
    """All certificates of the machine: read once, it takes longer than a letter. A server without TLS needs none."""
    return ssl.create_default_context()


def build(message: Outgoing, *, sender: str, host: str) -> EmailMessage:
    """The MIME message. A calendar file goes in twice, as the part mail programs act on and as a file to open."""
    to = mailbox(message.recipient)
    # Lines end in CR LF: many servers refuse a letter with a bare line feed in it, and smtplib mends text only.
    mail = EmailMessage(policy.SMTPUTF8 if to.needs_utf8 else policy.SMTP)
    mail["From"] = formataddr((" ".join(message.house.split()), sender))  # a header is one line
    mail["To"] = str(to)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.made_at)
    mail["Message-ID"] = f"<message-{message.message_id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    for file in message.attachments:
        kind, _, parameters = file.mime.partition(";")
        if kind.strip() == "text/calendar":
            method = parameters.partition("method=")[2].strip() or "PUBLISH"
            mail.add_alternative(file.content.decode(), subtype="calendar", params={"method": method})
    for file in message.attachments:
        _attach(mail, file)
    return mail


def _attach(mail: EmailMessage, file: Attachment) -> None:
    main, sub = file.mime.partition(";")[0].strip().split("/", 1)
    mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.filename)
