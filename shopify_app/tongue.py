"""The language of the page that is being made: English, but on the portal the client's own.

`_` and `ngettext` give a sentence in it. Values stand in a sentence by name, `%(name)s`; a percent sign is
written `%%`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, has_app_context
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from shopify_app.locales import ENGLISH, FROM_RIGHT, SPOKEN, catalogue, language_of, spoken_locale
from shopify_app.locales.piece import USUAL, PieceWord

IN_ATTRIBUTE = re.compile(r'="[^"<>]*%\((\w+)\)s')
APART, TOGETHER = "\u2068", "\u2069"  # a name or a number among letters of the other direction keeps its own


@dataclass(frozen=True)
class Tongue:
    """`locale` is for days and amounts, "fr_CH"; `is_chosen`: the client chose the language by its link in the foot."""

    language: str = ENGLISH
    locale: str = ENGLISH
    is_chosen: bool = False

    @property
    def tag(self) -> str:
        """For the attribute `lang`: "zh-Hans"."""
        return self.language.replace("_", "-")

    @property
    def direction(self) -> str:
        """For the attribute `dir`."""
        return "rtl" if self.language in FROM_RIGHT else "ltr"

    @property
    def name(self) -> str:
        """What those who speak it call it."""
        return SPOKEN[self.language]


def tongue() -> Tongue:
    """What this page speaks; English where nobody said otherwise, as on the desk, in the admin and in jobs."""
    found: Tongue | None = g.get("tongue") if has_app_context() else None
    return found or Tongue()


def speak(locale: str | None) -> None:
    """From here on in a client's own language, in English where we do not speak it. What they chose stays."""
    if not tongue().is_chosen:
        g.tongue = Tongue(language_of(locale or "") or ENGLISH, spoken_locale(locale or ""))


def speak_english() -> None:
    """From here on in English, whoever reads it: for what cannot be written in any letters."""
    g.tongue = Tongue()


def N_(message: str) -> str:
    """Marks a sentence that is kept as it is and said later, by `_` or `said`."""
    return message


def _(message: str, **values: Any) -> str:
    """The sentence in the language of the page."""
    text = catalogue(tongue().language).gettext(message)
    return text % _apart(text, values)


def ngettext(one: str, several: str, num: int, **values: Any) -> str:
    """The sentence in the form that goes with the number, which is `%(num)s` in it."""
    text = catalogue(tongue().language).ngettext(one, several, num)
    return text % _apart(text, {"num": num, **values})


def piece_word() -> PieceWord:
    """What this page's house calls a piece, in the language of the page; our own word where it has chosen none."""
    language = tongue().language
    own = g.shop.piece_words.get(language) if has_app_context() and "shop" in g else None
    return PieceWord(*own) if own else USUAL[language]


def with_piece(message: str, **values: Any) -> str:
    """A sentence about a piece, which is `%(piece)s` in it, in the form that goes with the word's gender."""
    text = _of_gender(message)
    return text % {**_apart(text, values), "piece": piece_word().one}


def _of_gender(message: str) -> str:
    gender, known = piece_word().gender, catalogue(tongue().language)
    return known.pgettext(gender, message) if gender else known.gettext(message)


def said(message: str) -> str:
    """A sentence without values that was written elsewhere, as by the domain: itself where nobody translated it."""
    return catalogue(tongue().language).gettext(message) if message else ""


def _apart(text: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """From right to left, each value of a sentence keeps its own direction: "+33 1 84" would be turned around.

    What stands in an attribute of the sentence's markup, the address of a link, is nothing one reads.
    """
    if tongue().direction == "ltr":
        return values
    addresses = set(IN_ATTRIBUTE.findall(text))
    return {name: value if name in addresses else apart(value) for name, value in values.items()}


def apart(value: Any) -> Any:
    """A text set apart from letters that run the other way; markup, numbers and plain pages stay as they are."""
    if tongue().direction == "ltr" or not isinstance(value, str) or isinstance(value, Markup) or not value:
        return value
    return f"{APART}{value}{TOGETHER}"


@pass_eval_context
def _of_template(context: EvalContext, message: str, **values: Any) -> str:
    text = catalogue(tongue().language).gettext(message)
    return (Markup(text) if context.autoescape else text) % _apart(text, values)


@pass_eval_context
def _several_of_template(context: EvalContext, one: str, several: str, num: int, **values: Any) -> str:
    text = catalogue(tongue().language).ngettext(one, several, num)
    return (Markup(text) if context.autoescape else text) % _apart(text, {"num": num, **values})


@pass_eval_context
def _piece_of_template(context: EvalContext, message: str, **values: Any) -> str:
    text = _of_gender(message)
    return (Markup(text) if context.autoescape else text) % {**_apart(text, values), "piece": piece_word().one}


def teach(app: Flask) -> None:
    """Give templates `_`, `ngettext`, `tongue()` and the filter `apart`. Sentences are markup; values are escaped."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.extend(newstyle_gettext=True)
    words = {"_": _of_template, "gettext": _of_template, "ngettext": _several_of_template}
    words |= {"with_piece": _piece_of_template, "piece_word": piece_word}
    app.jinja_env.globals.update(words, tongue=tongue, spoken_languages=SPOKEN)
    app.jinja_env.filters["apart"] = apart
