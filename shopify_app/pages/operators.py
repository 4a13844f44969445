"""GET /healthz, /readyz and /metrics: the process is up; everything works; and figures, for whoever runs this."""

import hmac
import os
from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify, request
from sqlmodel import Session, select

from jobs.attempts import count_trouble
from jobs.models import BEAT_LIMIT, WorkerBeat
from jobs.rows import depth
from kit import metrics
from kit.errors import NotFound
from shopify_app.revisions import database_revision, head_revision
from shopify_app.web import begin, now, settings
from webhooks import inbox
from webhooks.models import DeliveryState

page = Blueprint("operators", __name__)

QUEUE_LIMIT = timedelta(seconds=60)


@page.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(ok=True)


@page.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 with what is missing, a sentence each."""
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
    # One that was tried and failed is a matter for the activity page; the queue goes on around it.
    age = inbox.oldest_age(session, now=now(), untried=True)
    if age > QUEUE_LIMIT:
        return [f"The queue does not move: a delivery has waited for {int(age.total_seconds())} seconds."]
    return []


@page.get("/metrics")
def show_metrics() -> Response:
    """Prometheus's text, for who has METRICS_TOKEN; without that setting there is nothing at this address."""
    token = settings().metrics_token
    if not token:
        raise NotFound("There is nothing at this address.")
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return Response("Bearer token missing or wrong.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    with begin() as session:
        samples = [*_gauges(session), *_counters(session)]
    return Response(metrics.render(samples), content_type="text/plain; version=0.0.4; charset=utf-8")


def _gauges(session: Session) -> list[metrics.Sample]:
    """True of the whole installation, whichever process is asked."""
    at, states = now(), inbox.counts(session)
    beats = [(at - beat.beat_at).total_seconds() for beat in session.exec(select(WorkerBeat))]
    return [
        *(("returns_inbox_deliveries", {"state": s.value}, states.get(s, 0)) for s in DeliveryState),
        ("returns_inbox_oldest_seconds", {}, inbox.oldest_age(session, now=at).total_seconds()),
        *(("returns_queue_jobs", {"state": s.lower()}, n) for s, n in depth(session).items()),
        *(("returns_jobs_in_trouble", {"state": s}, n) for s, n in count_trouble(session).items()),
        ("returns_workers_alive", {}, sum(age <= BEAT_LIMIT.total_seconds() for age in beats)),
        ("returns_worker_oldest_beat_seconds", {}, max(beats, default=0.0)),
    ]


def _counters(session: Session) -> list[metrics.Sample]:
    """What this web process counted, and what each worker had counted at its last beat."""
    mine = f"web-{os.getpid()}"
    found = [(name, {**labels, "process": mine}, value) for name, labels, value in metrics.snapshot()]
    for beat in session.exec(select(WorkerBeat)):
        found += [(name, {**labels, "process": beat.slot}, value) for name, labels, value in beat.counters]
    return found
