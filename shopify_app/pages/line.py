"""What whoever rings a direct line hears: TwiML, asked for by Twilio while they wait, and signed as its callbacks are.

https://www.twilio.com/docs/voice/twiml
"""

from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, request

from consults import line_calls
from consults.line_calls import Ringing
from consults.phrases import phrase
from kit.errors import AppError
from kit.languages import written_in
from shopify_app.web import addresses, begin, now, settings
from webhooks.sources import Refused
from webhooks.sources.twilio import TwilioSource

page = Blueprint("line", __name__, url_prefix="/webhooks/twilio/voice")
RING_SECONDS = 20
VOICES = {
    "en": 'language="en-GB"',
    "fr": 'language="fr-FR"',
    "de": 'language="de-DE"',
    "it": 'language="it-IT"',
    "es": 'language="es-ES"',
    # The basic voice speaks none of these: twilio.com/docs/voice/twiml/say/text-speech
    "ja": 'voice="Polly.Mizuki" language="ja-JP"',
    "zh": 'voice="Polly.Zhiyu" language="cmn-CN"',
    "ar": 'voice="Polly.Zeina" language="arb"',
}


@page.post("")
def rings() -> Response:
    """Somebody rings: put through inside working hours, else told what happens next."""
    form = _form("voice")
    call = {
        "number": form.get("To", "")[:40],
        "caller": form.get("From", "")[:40],
        "call_sid": form.get("CallSid", "")[:60],
    }
    with begin() as session:
        found = line_calls.ring(session, **call, now=now()) if call["call_sid"] else None
        if found is None:
            return _twiml(_say("en", phrase("line_gone", "en")) + "<Hangup/>")
        if found.how == line_calls.PUT_THROUGH:
            return _twiml(_dial(found))
        return _twiml(_said(found) + "<Hangup/>")


@page.post("/after")
def after() -> Response:
    """The call was put through, and is over: picked up, or not."""
    form = _form("voice/after")
    answered = form.get("DialCallStatus") in ("completed", "answered")
    with begin() as session:
        found = line_calls.after_ringing(session, call_sid=form.get("CallSid", "")[:60], answered=answered, now=now())
        if found is None or found.how == line_calls.ANSWERED:
            return _twiml("<Hangup/>")
        return _twiml(_said(found) + "<Hangup/>")


def _form(path: str) -> dict[str, str]:
    source = TwilioSource(settings().twilio_auth_token, settings().app_url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        return source.form(headers, request.get_data(cache=False), path, request.query_string.decode("latin-1"))
    except Refused as refused:
        raise AppError(str(refused), status=refused.status, code=refused.code) from None


def _dial(found: Ringing) -> str:
    """To the advisor, who sees the line's number and not the client's; the client hears no answer before theirs."""
    action = quoteattr(f"{addresses().app_url}/webhooks/twilio/voice/after")
    attributes = f'callerId={quoteattr(found.line.number)} answerOnBridge="true" timeout="{RING_SECONDS}"'
    return f"<Dial {attributes} action={action}><Number>{escape(found.put_to)}</Number></Dial>"


def _said(found: Ringing) -> str:
    if found.how == line_calls.UNKNOWN:
        shop = found.shop
        words = phrase("line_stranger", found.locale, house=shop.shown_name)
        if shop.telephone:
            words += " " + phrase("line_stranger_ring", found.locale, telephone=shop.telephone)
        return _say(found.locale, words)
    assert found.advisor is not None
    return _say(found.locale, phrase("line_away", found.locale, advisor=found.advisor.first_name))


def _say(locale: str, words: str) -> str:
    return f"<Say {VOICES[written_in(locale)]}>{escape(words)}</Say>"


def _twiml(inside: str) -> Response:
    xml = f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'
    return Response(xml, content_type="text/xml; charset=utf-8")
