"""/app/settings/look: the house's look on the portal, shown while it is chosen; and what the house calls a piece."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from shopify_app.auth import merchant
from shopify_app.locales import SPOKEN
from shopify_app.locales.piece import GENDERS, USUAL
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.web import begin
from shops.looks import FACES, Look, read_look, shown

page = Blueprint("admin_look", __name__)
MOST_LETTERS = 30
GENDER_WORDS = {"m": "Masculine", "f": "Feminine", "n": "Neuter"}


@page.get("/app/settings/look")
def choose() -> str:
    """What is chosen, or what the query would have it be: looking changes nothing."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        tried = any(name in request.args for name in ("accent", "on_accent", "face"))
        look, wrongs = read_look(request.args) if tried else (shop.look or Look(), {})
        return show(
            "look.html",
            look=look,
            wrongs=wrongs,
            tried=tried,
            faces=FACES,
            shown=shown,
            languages=SPOKEN,
            usual=USUAL,
            genders=GENDERS,
            gender_words=GENDER_WORDS,
        )


@page.post("/app/settings/look")
def change() -> Response:
    """Keep it where it can be read; refused with the figure otherwise."""
    caller = merchant()
    look, wrongs = read_look(request.form)
    if wrongs:
        return wrong(wrongs)
    with begin() as session:
        shop = shop_of(session, caller)
        shop.accent, shop.on_accent, shop.face = look.accent, look.on_accent, look.face
        session.add(shop)
    return go("/app/settings/look", "Clients see this look from now on.")


@page.post("/app/settings/look/words")
def change_words() -> Response:
    """What the house calls a piece, by language; empty for our own word."""
    caller = merchant()
    words, wrongs = read_words(request.form)
    if wrongs:
        return wrong(wrongs)
    with begin() as session:
        shop = shop_of(session, caller)
        shop.piece_words = words
        session.add(shop)
    return go("", "Saved.")


def read_words(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """[one, several, gender] by language, where there is a word; and a sentence for each field to correct."""
    words: dict[str, Any] = {}
    wrongs: dict[str, str] = {}
    for language in SPOKEN:
        one, several = (" ".join(form.get(f"{name}_{language}", "").split()) for name in ("one", "several"))
        gender = form.get(f"gender_{language}", "")
        if bool(one) != bool(several):
            wrongs[f"several_{language}" if one else f"one_{language}"] = "Write the word for one, and for several."
        if max(len(one), len(several)) > MOST_LETTERS:
            wrongs[f"one_{language}"] = f"At most {MOST_LETTERS} letters fit here."
        if one and GENDERS[language] and gender not in tuple(GENDERS[language]):
            wrongs[f"gender_{language}"] = "Choose its gender, as sentences around it depend on it."
        if one:
            words[language] = [one, several, gender if GENDERS[language] else ""]
    return words, wrongs
