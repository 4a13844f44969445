"""GET /healthz and /readyz: the process is up; the database answers, migrations are at head, the queue moves."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from sqlmodel import Session, select

from jobs.models import WorkerBeat
from shopify_app.revisions import database_revision, head_revision
from shopify_app.web import begin, now

page = Blueprint("operators", __name__)

BEAT_LIMIT = timedelta(seconds=30)


@page.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(ok=True)


@page.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 with what is missing, a sentence each."""
    missing = []
    try:
        with begin() as session:
            missing = not_ready(session)
    except sa.exc.SQLAlchemyError:
        missing = ["The database does not answer."]
    return jsonify(ok=not missing, missing=missing), 503 if missing else 200


def not_ready(session: Session) -> list[str]:
    """What keeps this installation from doing its work."""
    if database_revision(session) != head_revision():
        return ["Migrations are not at head: run `python -m shopify_app migrate`."]
    newest = max((beat.beat_at for beat in session.exec(select(WorkerBeat))), default=None)
    if newest is None or now() - newest > BEAT_LIMIT:
        return ["No worker is alive: run `python -m shopify_app worker`."]
    return []
