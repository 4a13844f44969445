"""Wording: Jinja filters the pages share."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flask import Flask
from markupsafe import Markup, escape

ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")


def add_filters(app: Flask) -> None:
    app.jinja_env.filters |= {"linked": linked, "moment": moment, "day": day, "money": money}


def linked(text: str | None) -> Markup:
    """Plain text with its addresses made clickable; everything else escaped."""
    text = text or ""
    out, last = Markup(), 0
    for found in ADDRESS.finditer(text):
        url = found.group()
        out += escape(text[last : found.start()])
        out += Markup('<a href="{0}" target="_blank" rel="noopener">{0}</a>').format(url)
        last = found.end()
    return out + escape(text[last:])


def moment(text: str) -> Markup:
    """A <time> in UTC, from ISO 8601 or RFC 2822; pages.js turns it into the reader's own time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = parsedate_to_datetime(text)
    at = at.astimezone(UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(at.isoformat(), f"{at:%d %b, %H:%M}")


def day(text: str) -> str:
    return f"{datetime.fromisoformat(text):%d %B %Y}".lstrip("0")


def money(amount: object, currency: str = "USD") -> str:
    sign = {"USD": "$", "EUR": "€", "GBP": "£"}.get(currency, currency + " ")
    value = float(str(amount))
    return f"{sign}{value:,.0f}" if value == int(value) else f"{sign}{value:,.2f}"
