"""Scenes that ship with the product, and the persona who plays them: a script that branches by what is said. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from consults.kinds import RootCause
from consults.practice.hearing import Said, hear

FOLDER = Path(__file__).parent / "scenes"
MINUTES = 8
MOST_TURNS = 16


@dataclass(frozen=True)
class Beat:
    """What the persona says, and where it goes by what is heard, the first that fits. `reveals`: the reason is out."""

    says: str
    hears: Mapping[str, str]
    otherwise: str = ""
    reveals: bool = False
    ends: bool = False


@dataclass(frozen=True)
class Scene:
    """One case type, played. `motive` is read only when it is over; `companions` are whom an offer may include."""

    key: str
    title: str
    setting: str
    motive: str
    causes: Sequence[RootCause]
    companions: Sequence[str]
    begin: str
    beats: Mapping[str, Beat]


@dataclass(frozen=True)
class Turn:
    """Something the advisor said, and the beat it led to."""

    words: str
    beat: str


class Persona(Protocol):
    """Who answers in the scene. The script decides where it goes; another may only say it in other words."""

    def line(self, scene: Scene, turns: Sequence[Turn], *, opening: str) -> str:
        """What the persona says now."""
        ...


class Scripted:
    """The one that ships: it says what stands in the script."""

    def line(self, scene: Scene, turns: Sequence[Turn], *, opening: str) -> str:
        """The beat's own line; the first may be a client's, without names."""
        return scene.beats[turns[-1].beat].says if turns else opening or scene.beats[scene.begin].says


@cache
def scenes() -> Mapping[str, Scene]:
    """Every scene there is, by its key."""
    return {scene.key: scene for scene in map(_read, sorted(FOLDER.glob("*.json")))}


def scene_for(cause: RootCause | None) -> Scene:
    """The scene of a case type; of none in particular, the first."""
    return next((scene for scene in scenes().values() if cause in scene.causes), next(iter(scenes().values())))


def play(scene: Scene, turns: Sequence[Turn], words: str) -> Turn:
    """The advisor says `words`: the beat that follows. After the last one nothing does."""
    beat = scene.beats[turns[-1].beat if turns else scene.begin]
    if beat.ends:
        raise ValueError("it is over")
    heard = hear(words, companions=scene.companions)
    follows = next((to for said, to in beat.hears.items() if Said(said) in heard), beat.otherwise)
    return Turn(words, follows)


def is_over(scene: Scene, turns: Sequence[Turn]) -> bool:
    """Whether the last beat ends it, or it has gone on long enough."""
    return bool(turns) and (scene.beats[turns[-1].beat].ends or len(turns) >= MOST_TURNS)


def _read(path: Path) -> Scene:
    raw = json.loads(path.read_text(encoding="utf-8"))
    beats = {name: Beat(**({"hears": {}} | beat)) for name, beat in raw.pop("beats").items()}
    causes = [RootCause(cause) for cause in raw.pop("causes")]
    return Scene(causes=causes, beats=beats, **raw)
