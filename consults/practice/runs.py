"""Practice scenes of advisors: begun, assigned, played turn by turn, and their own to look at."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from consults.models import Case
from consults.own_phrases import own_phrases
from consults.practice.anonymous import without_names
from consults.practice.models import PracticeRun
from consults.practice.scenes import Persona, Scene, Turn, is_over, play, scene_for, scenes
from consults.practice.scoring import Score, score
from consults.unsaid.checking import Own
from kit.errors import AppError, Conflict, NotFound

MOST_SIGNS = 600


def begin_run(
    session: Session, *, shop_id: int, advisor_id: int, scene: str, assigned_by: int | None = None, now: datetime
) -> PracticeRun:
    """A scene for that advisor; assigned, it waits for them. Raises AppError for a scene there is not."""
    if scene not in scenes():
        raise AppError("Choose a scene.")
    get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    return _keep(session, shop_id, advisor_id, scene, "", assigned_by, now)


def run_of_case(
    session: Session, case: Case, *, names: Sequence[str] = (), advisor_id: int, now: datetime
) -> PracticeRun:
    """The scene of a past return: its type, and what the client said, without names, sums, numbers and pictures."""
    known = [case.client_name or "", case.client_title, case.piece_title, case.order_name, *names]
    opening = without_names(case.client_words or case.client_quote or "", known)
    return _keep(session, case.shop_id, advisor_id, scene_for(case.root_cause).key, opening, None, now)


def say(session: Session, run: PracticeRun, *, words: str, version: int, persona: Persona, now: datetime) -> None:
    """The advisor says something, and is answered. A form that was sent before changes nothing.

    Raises AppError for nothing or too much, Conflict when it is over.
    """
    words = " ".join(words.split())
    if not 0 < len(words) <= MOST_SIGNS:
        raise AppError(f"Write what you would say, {MOST_SIGNS} signs at most.")
    if run.done_at is not None:
        raise Conflict("This scene is over.")
    if version != run.version:
        return
    scene, turns = scenes()[run.scene], turns_of(run)
    turns.append(play(scene, turns, words))
    lines = [*json.loads(run.lines), persona.line(scene, turns, opening=run.opening)]
    values = {"turns": json.dumps([[turn.words, turn.beat] for turn in turns]), "lines": json.dumps(lines)}
    over = {"done_at": now} if is_over(scene, turns) else {}
    mine = (col(PracticeRun.id) == run.id, col(PracticeRun.shop_id) == run.shop_id)
    session.connection().execute(
        sa.update(PracticeRun)
        .where(*mine, col(PracticeRun.version) == version, col(PracticeRun.done_at).is_(None))
        .values(version=version + 1, begun_at=run.begun_at or now, **values, **over)
    )
    session.refresh(run)


def end_run(session: Session, run: PracticeRun, *, now: datetime) -> None:
    """That was enough; it is scored as far as it went."""
    mine = (col(PracticeRun.id) == run.id, col(PracticeRun.shop_id) == run.shop_id)
    session.connection().execute(
        sa.update(PracticeRun).where(*mine, col(PracticeRun.done_at).is_(None)).values(done_at=now)
    )
    session.refresh(run)


def own_run(session: Session, *, shop_id: int, advisor_id: int, run_id: int) -> PracticeRun:
    """A scene of that advisor's own. Raises NotFound for anybody else's, a manager's people included."""
    mine = (PracticeRun.id == run_id, PracticeRun.shop_id == shop_id, PracticeRun.advisor_id == advisor_id)
    run = session.exec(select(PracticeRun).where(*mine)).first()
    if run is None:
        raise NotFound("That scene is not here.")
    return run


def runs_of(session: Session, *, shop_id: int, advisor_id: int, most: int = 30) -> list[PracticeRun]:
    """An advisor's own, newest first."""
    mine = (PracticeRun.shop_id == shop_id, PracticeRun.advisor_id == advisor_id)
    return list(session.exec(select(PracticeRun).where(*mine).order_by(col(PracticeRun.id).desc()).limit(most)))


def assigned(session: Session, *, shop_id: int, by: int, most: int = 60) -> list[tuple[int, str, bool]]:
    """(advisor, scene, done) of what that manager assigned: whether it is done, and nothing of how."""
    mine = (PracticeRun.shop_id == shop_id, PracticeRun.assigned_by == by)
    query = select(PracticeRun.advisor_id, PracticeRun.scene, PracticeRun.done_at).where(*mine)
    rows = session.exec(query.order_by(col(PracticeRun.id).desc()).limit(most))
    return [(advisor_id, scene, done_at is not None) for advisor_id, scene, done_at in rows]


def score_of(session: Session, run: PracticeRun) -> Score:
    """By the five steps and the phrases, the house's own among them."""
    own = [Own(row.words, row.better) for row in own_phrases(session, shop_id=run.shop_id)]
    return score(scene_of(run), turns_of(run), own=own)


def scene_of(run: PracticeRun) -> Scene:
    """What is played."""
    return scenes()[run.scene]


def turns_of(run: PracticeRun) -> list[Turn]:
    """What the advisor said so far."""
    return [Turn(words, beat) for words, beat in json.loads(run.turns)]


def talk_of(run: PracticeRun, persona: Persona) -> list[tuple[str, str]]:
    """(who, words), "them" or "you", from the first line on."""
    said = [("them", persona.line(scene_of(run), (), opening=run.opening))]
    for turn, line in zip(turns_of(run), json.loads(run.lines), strict=True):
        said += [("you", turn.words), ("them", line)]
    return said


def _keep(
    session: Session, shop_id: int, advisor_id: int, scene: str, opening: str, by: int | None, now: datetime
) -> PracticeRun:
    about: dict[str, Any] = {"shop_id": shop_id, "advisor_id": advisor_id, "scene": scene, "opening": opening}
    row = PracticeRun(assigned_by=by, made_at=now, **about)
    session.add(row)
    session.flush()
    return row
