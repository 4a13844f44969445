"""What a letter about a failure of ours says in the client's language: the fault as long as nobody wrote it otherwise,
and each way out.

Ways are kept as the desk shows them, in English, with what they are made of. Pure.
"""

from collections.abc import Mapping
from typing import Any

from kit.languages import written_in
from logistics.radar.kinds import FAULTS, Failure
from logistics.radar.spoken import arabic, chinese, french, german, italian, japanese, spanish

FAULTS_IN: Mapping[str, Mapping[Failure, str]] = {
    "fr": french.FAULTS,
    "de": german.FAULTS,
    "it": italian.FAULTS,
    "es": spanish.FAULTS,
    "ja": japanese.FAULTS,
    "zh": chinese.FAULTS,
    "ar": arabic.FAULTS,
}
WAYS_IN: Mapping[str, Mapping[str, str]] = {
    "fr": french.WAYS,
    "de": german.WAYS,
    "it": italian.WAYS,
    "es": spanish.WAYS,
    "ja": japanese.WAYS,
    "zh": chinese.WAYS,
    "ar": arabic.WAYS,
}


def fault_in(locale: str, failure: Failure, words: str) -> str:
    """The fault in their language where the words are still ours; what an advisor wrote stays as they wrote it."""
    known = FAULTS_IN.get(written_in(locale))
    return known[failure] if known and words.strip() == FAULTS[failure] else words


def way_in(locale: str, way: Mapping[str, Any]) -> str:
    """One way out, as a sentence or two."""
    title, place = str(way["title"]), str(way.get("place") or "")
    said = {
        "piece": title.removesuffix(", by courier").removesuffix(f", at {place}"),
        "place": place,
        "name": title.removesuffix(" takes over"),
    }
    known = WAYS_IN.get(written_in(locale), {}).get(str(way["kind"]))
    return known.format(**said) if known else f"{title}. {way['words']}"
