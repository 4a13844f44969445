"""`python -m shopify_app.locales`: bring the catalogues up to what the pages say, and say what is missing.

python -m shopify_app.locales                 takes in new sentences, drops those that are gone, counts what is open
python -m shopify_app.locales missing de      the sentences German does not have yet, as a .po file to fill in
python -m shopify_app.locales fill de FILE    takes the filled-in file over into the German catalogue
"""

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from shopify_app.locales import SPOKEN, TRANSLATED
from shopify_app.locales.collecting import collected, is_said, open_sentences, read, write


def main(arguments: list[str]) -> int:
    """0 when nothing is open."""
    match arguments:
        case []:
            return update()
        case ["missing", language] if language in TRANSLATED:
            return missing(language)
        case ["fill", language, name] if language in TRANSLATED:
            return fill(language, Path(name))
    print(__doc__, file=sys.stderr)
    return 2


def update() -> int:
    """Each catalogue holds exactly the sentences of the pages; a changed sentence is a new one, never guessed."""
    left = 0
    for language in TRANSLATED:
        sentences = collected(language)
        known, fresh = read(language), _empty(language)
        for message in (message for message in sentences if message.id):
            kept = known.get(message.id, message.context)
            string = kept.string if is_said(kept) else None
            fresh.add(
                message.id,
                string,
                locations=message.locations,
                auto_comments=message.auto_comments,
                user_comments=kept.user_comments if kept else (),
                context=message.context,
            )
        write(language, fresh)
        still = len(open_sentences(language))
        left += still
        print(f"{SPOKEN[language]}: {len(sentences)} sentences, {still} open")
    return 1 if left else 0


def missing(language: str) -> int:
    """On standard output, with an empty place under each."""
    wanted = _empty(language)
    for message in open_sentences(language):
        about = {"locations": message.locations, "auto_comments": message.auto_comments}
        wanted.add(message.id, context=message.context, **about)
    text = BytesIO()
    write_po(text, wanted, width=0, include_lineno=False, sort_output=True)
    print(text.getvalue().decode())
    return 0


def fill(language: str, path: Path) -> int:
    """Sentences that are filled in are taken over, the others stay open."""
    with path.open("rb") as written:
        filled = read_po(written, locale=language)
    known = read(language)
    for message in filled:
        if message.id and is_said(message):
            _put(known, message)
    write(language, known)
    return update()


def _put(known: Catalog, message: Any) -> None:
    known.delete(message.id, message.context)
    about = {"locations": message.locations, "auto_comments": message.auto_comments}
    known.add(message.id, message.string, context=message.context, **about)


def _empty(language: str) -> Catalog:
    from datetime import UTC, datetime

    day = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(
        locale=language,
        project="Assisted returns",
        version="1",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Portal.",
        creation_date=day,
        revision_date=day,
        last_translator="",
        language_team="",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
