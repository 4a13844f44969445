"""The five steps and the phrases, out of a hundred. Pure: the same transcript has the same score."""

from collections.abc import Sequence
from dataclasses import dataclass

from consults.practice.hearing import Said, hear
from consults.practice.scenes import Scene, Turn
from consults.unsaid.checking import Mark, Own, marks
from consults.unsaid.statutory import PASSAGES

STEPS = (
    ("welcome", "Receive without flinching", "Your first words took it in, before anything else."),
    ("elevate", "Find out what they hoped for", "You asked openly before you offered anything, and heard the reason."),
    ("exclusive", "A way forward that is theirs", "You offered something that answered what they said."),
    ("include", "Include who came along", "You made room for somebody who matters to them."),
    ("close", "Leave them with a day", "You said what happens next, and when."),
)
"""Key, name, and what it looks like when it is there."""
A_STEP = 16
PHRASES = 20
A_PHRASE = 5


@dataclass(frozen=True)
class Score:
    """Which steps were taken, what was better left unsaid, and what it comes to."""

    taken: Sequence[str]
    unsaid: Sequence[Mark]
    points: int


def score(scene: Scene, turns: Sequence[Turn], *, own: Sequence[Own] = ()) -> Score:
    """Of a whole scene, or of as much as was played."""
    heard = [hear(turn.words, companions=scene.companions) for turn in turns]
    taken = [step for step, is_taken in _steps(scene, turns, heard).items() if is_taken]
    found = [mark for turn in turns for mark in marks(turn.words, exempt=PASSAGES, own=own)]
    phrases = max(PHRASES - A_PHRASE * len(found), 0) if turns else 0
    return Score(tuple(taken), tuple(found), A_STEP * len(taken) + phrases)


def _steps(scene: Scene, turns: Sequence[Turn], heard: Sequence[frozenset[Said]]) -> dict[str, bool]:
    def first(*said: Said) -> int:
        return next((n for n, one in enumerate(heard) if one & set(said)), len(heard))

    known = next((n for n, turn in enumerate(turns) if scene.beats[turn.beat].reveals), len(turns))
    asked, offered = first(Said.ASK), first(Said.OFFER)
    later = heard[known + 1 :]
    return {
        "welcome": bool(heard) and bool(heard[0] & {Said.WELCOME, Said.OWN}) and Said.ARGUE not in heard[0],
        "elevate": asked < offered and known < len(turns) if heard else False,
        "exclusive": any(one & {Said.OFFER} for one in later),
        "include": any(Said.INCLUDE in one for one in heard),
        "close": any(Said.PROMISE in one for one in heard[1:]),
    }
