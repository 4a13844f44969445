"""`python -m shopify_app.locales`: catalogues hold what the pages say, nothing else, and nothing is guessed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from shopify_app.locales import TRANSLATED, __main__, collecting

Sentences = Callable[..., None]
HELLO, PIECES, SENT = "Hello, %(name)s.", ("%(num)s piece", "%(num)s pieces"), "%(piece)s was sent."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Catalogues of a house that has written none yet."""
    monkeypatch.setattr(collecting, "path_of", lambda language: tmp_path / language / "portal.po")
    return tmp_path


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Sentences:
    """`pages(HELLO, …)`: from now on the pages say these; one about a piece is (sentence, gender)."""

    def say(*sentences: Any) -> None:
        def collected(_language: str) -> Catalog:
            found = Catalog(charset="utf-8")
            for sentence in sentences:
                text, gender = sentence if sentence[0] == SENT else (sentence, None)
                found.add(text, locations=[("portal/x.html", 0)], auto_comments=["Said first."], context=gender)
            return found

        for module in (__main__, collecting):
            monkeypatch.setattr(module, "collected", collected)

    return say


def said(folder: Path, language: str = "de") -> dict[Any, Any]:
    """What a catalogue says, by sentence (and gender)."""
    with (folder / language / "portal.po").open("rb") as written:
        return {(m.id, m.context) if m.context else m.id: m.string for m in read_po(written) if m.id}


def filled(folder: Path, *messages: tuple[Any, Any, str | None], flags: tuple[str, ...] = ()) -> str:
    """A file as a translator sends it back."""
    catalogue, path = Catalog(locale="de", charset="utf-8", fuzzy=False), folder / "from_translator.po"
    for text, string, gender in messages:
        catalogue.add(text, string, context=gender, flags=flags)
    with path.open("wb") as out:
        write_po(out, catalogue)
    return str(path)


def test_a_new_sentence_is_taken_into_every_catalogue_and_counted_as_open(
    folder: Path, pages: Sentences, capsys: pytest.CaptureFixture[str]
) -> None:
    pages(HELLO, PIECES)
    assert __main__.main([]) == 1
    assert [said(folder, language)[HELLO] for language in TRANSLATED] == [""] * len(TRANSLATED)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(TRANSLATED) and "Deutsch: 2 sentences, 2 open" in lines


def test_what_a_translator_filled_in_is_taken_over_and_the_rest_stays_open(
    folder: Path, pages: Sentences, capsys: pytest.CaptureFixture[str]
) -> None:
    pages(HELLO, PIECES, (SENT, "m"), (SENT, "f"))
    back = filled(
        folder,
        (HELLO, "Guten Tag, %(name)s.", None),
        (SENT, "Sie ging ab: %(piece)s.", "f"),
        (PIECES, ("%(num)s Stück", ""), None),
    )
    assert __main__.main(["fill", "de", back]) == 1
    assert said(folder) == {
        HELLO: "Guten Tag, %(name)s.",
        (SENT, "m"): "",
        (SENT, "f"): "Sie ging ab: %(piece)s.",
        PIECES: ("", ""),
    }
    assert "Deutsch: 4 sentences, 2 open" in capsys.readouterr().out


def test_a_sentence_in_all_its_forms_is_not_open_any_more(folder: Path, pages: Sentences) -> None:
    pages(PIECES)
    back = filled(folder, (PIECES, ("%(num)s Stück", "%(num)s Stücke"), None))
    __main__.main(["fill", "de", back])
    assert collecting.open_sentences("de") == []
    assert len(collecting.open_sentences("fr")) == 1


def test_a_guess_of_a_tool_is_no_translation(folder: Path, pages: Sentences) -> None:
    pages(HELLO)
    __main__.main(["fill", "de", filled(folder, (HELLO, "Hallo vielleicht, %(name)s.", None), flags=("fuzzy",))])
    assert said(folder) == {HELLO: ""}


def test_a_second_translation_takes_the_place_of_the_first(folder: Path, pages: Sentences) -> None:
    pages(HELLO)
    for words in ("Hallo, %(name)s.", "Guten Tag, %(name)s."):
        __main__.main(["fill", "de", filled(folder, (HELLO, words, None))])
    assert said(folder) == {HELLO: "Guten Tag, %(name)s."}


def test_a_changed_sentence_is_a_new_one_and_the_old_one_is_gone(folder: Path, pages: Sentences) -> None:
    """Gettext's tools would put the old words under it, marked as a guess."""
    pages(HELLO)
    __main__.main(["fill", "de", filled(folder, (HELLO, "Guten Tag, %(name)s.", None))])
    pages("Hello again, %(name)s.")
    assert __main__.main([]) == 1
    assert said(folder) == {"Hello again, %(name)s.": ""}


def test_nothing_is_open_once_every_language_says_everything(folder: Path, pages: Sentences) -> None:
    pages(HELLO)
    answers = [
        __main__.main(["fill", language, filled(folder, (HELLO, f"{language}: %(name)s", None))])
        for language in TRANSLATED
    ]
    assert answers == [1] * (len(TRANSLATED) - 1) + [0]
    assert __main__.main([]) == 0


def test_a_translator_is_sent_what_is_open_and_what_was_said_to_them_about_it(
    folder: Path, pages: Sentences, capsys: pytest.CaptureFixture[str]
) -> None:
    pages(HELLO, "Goodbye.", (SENT, "n"))
    __main__.main(["fill", "de", filled(folder, (HELLO, "Guten Tag, %(name)s.", None))])
    capsys.readouterr()
    assert __main__.main(["missing", "de"]) == 0
    (folder / "sent.po").write_text(capsys.readouterr().out)
    with (folder / "sent.po").open("rb") as sent:
        asked = {(m.id, m.context): (m.string, m.auto_comments) for m in read_po(sent) if m.id}
    assert asked == {("Goodbye.", None): ("", ["Said first."]), (SENT, "n"): ("", ["Said first."])}


def test_written_again_a_catalogue_is_the_same_to_the_byte(folder: Path, pages: Sentences) -> None:
    pages(HELLO, PIECES)
    __main__.main([])
    first = (folder / "ja" / "portal.po").read_bytes()
    __main__.main([])
    assert (folder / "ja" / "portal.po").read_bytes() == first


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["missing"], id="no language"),
        pytest.param(["missing", "en"], id="English has no catalogue"),
        pytest.param(["missing", "../de"], id="no language of ours"),
        pytest.param(["fill", "de"], id="no file"),
        pytest.param(["fill", "pt", "x.po"], id="a language nobody speaks here"),
        pytest.param(["drop", "de"], id="no such word"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_how_to_ask_and_writes_nothing(
    arguments: list[str], folder: Path, pages: Sentences, capsys: pytest.CaptureFixture[str]
) -> None:
    pages(HELLO)
    assert __main__.main(arguments) == 2
    assert "fill de FILE" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


PAGE = """
{# Translators: Said first. #}
<p>{{ _("Hello, %(name)s.", name=name) }}</p>
<p>{{ ngettext("%(num)s piece", "%(num)s pieces", count) }}</p>
<p>{{ with_piece("%(piece)s was sent.") }} {{ capitalize("Nothing for translators.") }}</p>
"""


@pytest.fixture
def one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house of one template and one file of code, which says the first sentence again."""
    for name, text in (
        ("pages/x.html", PAGE),
        ("words.py", 'WORDS = N_("Hello, %(name)s.")'),
        ("pages/x.css", "_('no')"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(collecting, "ROOT", tmp_path)
    monkeypatch.setattr(collecting, "PYTHON", ("words.py",))
    monkeypatch.setattr(collecting, "TEMPLATES", ("pages",))


def test_a_sentence_of_several_files_is_one_with_its_hint_and_all_its_places(one_page: None) -> None:
    found = collecting.collected("ja").get(HELLO)
    assert found is not None
    assert [place for place, _line in found.locations] == ["words.py", "pages/x.html"]
    assert found.auto_comments == ["Said first."]


@pytest.mark.parametrize(
    ("language", "genders"),
    [
        pytest.param("de", ["f", "m", "n"], id="German has three"),
        pytest.param("fr", ["f", "m"], id="French two"),
        pytest.param("ja", [None], id="Japanese none, and the sentence is there once"),
    ],
)
def test_a_sentence_about_a_piece_is_there_for_each_gender_and_every_other_once(
    language: str, genders: list[str | None], one_page: None
) -> None:
    kept = [(message.id, message.context) for message in collecting.collected(language) if message.id]
    assert sorted(kept, key=str) == sorted([(HELLO, None), (PIECES, None), *((SENT, one) for one in genders)], key=str)
