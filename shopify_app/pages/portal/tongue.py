"""In which language a page of the portal is read: chosen once a request, here.

The client's own where a link says who they are; the theme's inside the theme; else what the browser asks for. A link
in the foot chooses another: it stands in the address as `lang` and is carried along by every link and form, as nothing
here counts on a cookie.
"""

import re
from html import escape
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, request
from flask.blueprints import BlueprintSetupState

from kit.languages import first_asked_for
from shopify_app.locales import SPOKEN, language_of, spoken_locale
from shopify_app.tongue import (
    N_,
    Tongue,
    _,
    apart,
    ngettext,
    piece_word,
    said,
    speak,
    speak_english,
    teach,
    tongue,
    with_piece,
)
from shopify_app.web import addresses

__all__ = ["N_", "_", "apart", "ngettext", "piece_word", "said", "speak", "speak_english", "tongue", "with_piece"]

PORTAL = frozenset({"r", "consult", "return", "proxy"})  # also of an address that is none, where no page is asked
KEPT = ("again", "from", "zone", "box")  # of an address when its language is changed; nothing else is echoed
THEME_LOCALE = re.compile(r"/([a-z]{2}(?:-[a-z0-9]{2,4})?)/")
PLACES = re.compile(r'\b(href|action|formaction)="([^"]*)"')
GET_FORM = re.compile(r'<form method="get"[^>]*>')


def settle(state: BlueprintSetupState) -> None:
    """For `Blueprint.record`: what templates need to speak."""
    teach(state.app)
    state.app.jinja_env.globals.update(tongue_choices=choices)


def listen() -> None:
    """Before a page of the portal: what the caller chose, or the theme or the browser says. `speak` may know better."""
    if "portal" not in request.blueprints and request.path.split("/")[1] not in PORTAL:
        return
    asked = request.args.get("lang", "").replace("-", "_")
    if asked in SPOKEN:
        wished = next((one for one in _wished() if language_of(one) == asked), asked)
        g.tongue = Tongue(asked, spoken_locale(wished), is_chosen=True)
        return
    speak(first_asked_for(_wished()))


def _wished() -> list[str]:
    """Locales by what is known without knowing who calls, the surest first."""
    theme = [request.args.get("locale", "")]
    # Shopify forwards /fr/apps/returns as our address; the prefix it signs begins with the language of the theme.
    if found := THEME_LOCALE.match(request.args.get("path_prefix", "")):
        theme.append(found.group(1))
    return [*theme, *(value for value, _quality in request.accept_languages)]


def choices() -> list[tuple[str, str, str]]:
    """(name, tag, address) of every other language, for the foot of a page that a link can open again."""
    if request.method not in ("GET", "HEAD"):
        return []
    kept = [(name, request.args[name]) for name in KEPT if name in request.args]
    return [
        (name, tag := language.replace("_", "-"), "?" + urlencode([*kept, ("lang", tag)]))
        for language, name in SPOKEN.items()
        if language != tongue().language
    ]


def carry(response: Response) -> Response:
    """After a page whose language was chosen: each link, form and way on of ours says so too."""
    found = tongue()
    if not found.is_chosen:
        return response
    if (to := response.headers.get("Location")) and _is_ours(to):
        response.headers["Location"] = _with(to, found.tag, "&")
    if response.mimetype in ("text/html", "application/liquid") and not response.direct_passthrough:
        response.set_data(carried(response.get_data(as_text=True), found.tag))
    return response


def carried(html: str, tag: str) -> str:
    """A page with `lang` in all its addresses of ours; a form that asks by GET has it as a field."""

    def lead(found: re.Match[str]) -> str:
        name, to = found.groups()
        return f'{name}="{_with(to, tag, "&amp;")}"' if _is_ours(to) else found.group()

    field = f'<input type="hidden" name="lang" value="{escape(tag)}">'
    return GET_FORM.sub(lambda found: found.group() + field, PLACES.sub(lead, html))


def _is_ours(to: str) -> bool:
    inside: Any = request.args.get("path_prefix")
    here = f"{addresses().app_url}/"
    if to.startswith(("/static/", f"{here}static/")) or "lang=" in to or ".css" in to:
        return False
    if to.startswith(here):
        return True
    return to.startswith("/") and not to.startswith("//") and (not inside or to.startswith(inside))


def _with(to: str, tag: str, joint: str) -> str:
    address, mark, part = to.partition("#")
    return f"{address}{joint if '?' in address else '?'}lang={tag}{mark}{part}"
