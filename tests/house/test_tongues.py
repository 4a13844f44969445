"""Each sentence of the portal is said in each language, whole: with its names, forms and markup, and nothing unsaid."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural

from consults.unsaid.checking import marks
from shopify_app.locales import TRANSLATED
from shopify_app.locales.collecting import collected, is_said, read
from shopify_app.pages.portal import told
from shopify_app.pages.portal.room_words import ROOM
from tests.pages.words import findings

ROOT = Path(__file__).parents[2]
PLACES = re.compile(r"%\((\w+)\)s|\{(\w+)\}|%%")
TAGS = re.compile(r"<[^>]+>")


@cache
def wanted(language: str) -> Catalog:
    return collected(language)


@cache
def written(language: str) -> Catalog:
    return read(language)


def texts(message: Any) -> Iterator[str]:
    """What a language says for it, in each form."""
    yield from message.string if isinstance(message.string, tuple) else (message.string,)


def key(message: Any) -> tuple[Any, str | None]:
    return message.id, message.context


def said_messages(language: str) -> list[Any]:
    return [message for message in written(language) if message.id and is_said(message)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_said_in_every_language(language: str) -> None:
    """`python -m shopify_app.locales missing <language>` lists them, `fill` takes them over."""
    known = written(language)
    missing = [message.id for message in wanted(language) if message.id and not is_said(known.get(*key(message)))]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_catalogue_keeps_a_sentence_that_no_page_says_or_one_that_was_guessed(language: str) -> None:
    """`python -m shopify_app.locales` drops them."""
    known = {key(message) for message in wanted(language)}
    assert [message.id for message in written(language) if message.id and key(message) not in known] == []
    assert [message.id for message in written(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_name_and_each_tag_of_a_sentence_stands_in_its_translation(language: str) -> None:
    wrong = []
    for message in said_messages(language):
        source = message.id[-1] if isinstance(message.id, tuple) else message.id
        for text in texts(message):
            # A form for exactly one or two may say so in a word instead of the figure.
            names = set(PLACES.findall(source)) - ({("num", "")} if isinstance(message.id, tuple) else set())
            found = set(PLACES.findall(text)) - {("num", "")}
            if names - {("num", "")} != found or Counter(TAGS.findall(source)) != Counter(TAGS.findall(text)):
                wrong.append((message.id, text))
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_has_all_its_plural_forms(language: str) -> None:
    several = [message for message in said_messages(language) if isinstance(message.id, tuple)]
    assert several and {len(message.string) for message in several} == {get_plural(language).num_plurals}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_ends_as_the_english_one_does(language: str) -> None:
    """A heading has no full stop, a sentence has one; and nobody left a space at an end."""
    stops = ".。"
    wrong = []
    for message in said_messages(language):
        source = message.id[0] if isinstance(message.id, tuple) else message.id
        for text in texts(message):
            ends = text.rstrip("”“»«」\u200f ")[-1:] in stops, source.rstrip("”“")[-1:] in stops
            if ends[0] != ends[1] or (text != text.strip()) != (source != source.strip()):
                wrong.append((source, text))
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_better_left_unsaid_is_in_a_catalogue(language: str) -> None:
    said = [text for message in said_messages(language) for text in texts(message)]
    assert [(mark.words, text) for text in said for mark in marks(TAGS.sub("", text))] == []
    assert [text for text in said if "!" in text or "！" in text] == []


def test_the_english_sentences_are_in_the_manner_of_the_house_too() -> None:
    sentences: list[Any] = [m.id[-1] if isinstance(m.id, tuple) else m.id for m in wanted("fr") if m.id]
    assert len(sentences) > 400
    assert [(found, text) for text in sentences for found in findings("client", TAGS.sub("", text))] == []


# --- sentences written elsewhere


def written_in(*packages: str) -> set[str]:
    """Every text in the sources of the packages, f-strings with `*` for each value."""
    found: set[str] = set()
    for package in packages:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    found.add("".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values))
    return found


def test_what_the_domain_says_to_a_client_is_translated_in_the_very_words_it_uses() -> None:
    domain = written_in("consults", "logistics", "routing", "shops")
    assert [words for words in told.AS_THEY_ARE if words not in domain] == []
    # "A courier brings %(what)s": the domain puts "the same piece" in, a language says each sentence whole.
    brought = {"A courier brings * from *, tonight or tomorrow."}
    assert brought <= domain
    patterns = {re.sub(r"%\(\w+\)s", "*", words) for words in told.WITH_VALUES}
    whole = {words for words in patterns if not words.startswith("A courier brings")}
    assert whole - domain == set() and len(whole) == len(patterns) - 2


def test_a_sentence_of_the_domain_with_a_name_in_it_keeps_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    [(message, pattern)] = [(m, p) for m, p in told._patterns() if m.startswith("%(advisor)s is with somebody")]
    found = pattern.fullmatch("Inès is with somebody just now. Please choose a time.")
    assert found is not None and found.groupdict() == {"advisor": "Inès"} and "%(advisor)s" in message


def test_the_rooms_script_says_only_what_is_translated() -> None:
    script = (ROOT / "shopify_app/static/room.js").read_text()
    said = set(re.findall(r'\bt\(\s*"([^"]+)"', script))
    assert said == set(ROOM)
    assert not re.findall(r'say\((?!t\(|hint|\[refusal, hint\]|problem|text|other|telephone|"")[^)]*', script)
