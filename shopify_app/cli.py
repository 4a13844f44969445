"""python -m shopify_app VERB: run the parts, look at what waits, repeat by hand."""

import argparse
import json
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from kit import log
from kit.clock import now
from kit.db import Database
from kit.errors import AppError
from kit.settings import Settings, SettingsError, contradictions, is_loopback, missing_settings
from shops import crypt


def main(argv: list[str] | None = None) -> int:
    """Run one verb; the exit code is 0 when it did what it says."""
    given = sys.argv[1:] if argv is None else argv
    if given[:1] == ["simulators"]:  # its options are its own
        simulators(given[1:])
    options = parser().parse_args(given)
    try:
        return int(options.run(options) or 0)
    except SettingsError as error:
        print(f"This cannot start:\n{error}", file=sys.stderr)
    except AppError as error:
        print(error.message, file=sys.stderr)
    return 2


def parser() -> argparse.ArgumentParser:
    """Every verb with its options."""
    top = argparse.ArgumentParser(prog="python -m shopify_app", description=__doc__)
    verbs = top.add_subparsers(required=True, metavar="VERB")

    def verb(name: str, run: object, about: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    verb("migrate", migrate, "bring the database to head")
    web = verb("web", serve, "answer requests")
    web.add_argument("--host", default="127.0.0.1")
    web.add_argument("--port", type=int, default=8080)
    web.add_argument("--processes", type=int, default=1, help="more than one needs PostgreSQL")
    web.add_argument("--watch", type=int, help=argparse.SUPPRESS)  # the pipe to the supervisor that started this one
    work = verb("worker", work_, "run jobs")
    work.add_argument("--slot", default=os.environ.get("WORKER_SLOT", "1"), help="tells workers of one machine apart")
    verb("simulators", lambda _: 0, "run the local stand-ins; `simulators -h` lists their options")
    seed_ = verb("seed", seed, "put the demo house's people into the database")
    seed_.add_argument("--directory", required=True, help="file, or loopback address, of the directory")
    verb("config", config, "say what is set, missing or contradictory")
    inbox = verb("deliveries", deliveries, "list stored webhooks, or replay one")
    inbox.add_argument("action", choices=["list", "replay"])
    inbox.add_argument("id", nargs="?", type=int)
    inbox.add_argument("--state", default=None)
    troubles = verb("jobs", jobs_, "list jobs in trouble, retry one, or give it up")
    troubles.add_argument("action", choices=["list", "retry", "giveup"])
    troubles.add_argument("id", nargs="?", type=int)
    out = verb("erase", erase, "erase all that is kept about one client, as customers/redact does")
    out.add_argument("shop", help="its myshopify.com domain")
    out.add_argument("client", help="the client's number at Shopify, or their gid")
    keys = verb("rotate-keys", rotate, "encrypt everything at rest with the newest of TOKEN_KEYS; may be repeated")
    keys.add_argument("--batch", type=int, default=200, help="rows a transaction")
    sweep = verb("reconcile", reconcile, "look now for returns no webhook told of")
    sweep.add_argument("shop", help="its myshopify.com domain")
    return top


def _open() -> tuple[Settings, Database]:
    settings = Settings.from_env()
    crypt.use_keys(settings.token_keys)
    return settings, Database(settings.database_url)


def migrate(options: argparse.Namespace) -> None:
    """Bring the database to head."""
    from shopify_app.migrate import upgrade

    settings, _ = _open()
    upgrade(settings.database_url)
    print("The database is at head.")


def serve(options: argparse.Namespace) -> int:
    """Answer requests until stopped; a server that ended is started again."""
    from shopify_app import supervising

    settings = Settings.from_env()
    if options.processes > 1 and settings.database_url.startswith("sqlite"):
        print("Several web processes need PostgreSQL: set DATABASE_URL.", file=sys.stderr)
        return 2
    where = {"host": options.host, "port": options.port, "processes": options.processes}
    if options.watch is None:
        log.configure(settings.log_format)
        return supervising.supervise(supervising.command_of(**where))
    from shopify_app.server import run

    supervising.end_with(options.watch)
    run(**where)
    return 0


def work_(options: argparse.Namespace) -> None:
    """Run jobs until stopped."""
    from shopify_app.worker import run

    run(Settings.from_env(), slot=options.slot)


def simulators(options: list[str]) -> None:
    """Become the stand-ins' process: production code does not import them."""
    os.execv(sys.executable, [sys.executable, "-m", "simulators", *options])


def seed(options: argparse.Namespace) -> None:
    """Put the demo house's people into the database, before or after it installs. May be repeated."""
    from shopify_app.seeding import plant

    _, database = _open()
    count = plant(database, _read_directory(options.directory), now=now())
    print(f"{count} people of the demo house are known.")


def _read_directory(where: str) -> list[dict[str, Any]]:
    if not urlsplit(where).scheme:
        return list(json.loads(Path(where).read_text()))
    if not is_loopback(where):
        raise AppError("The directory is read from a file or from this machine only.")
    return list(requests.get(where, timeout=10).json())


def config(options: argparse.Namespace) -> int:
    """Say what is set (never a secret's value), missing or contradictory."""
    from dotenv import load_dotenv

    load_dotenv()
    given = {f.name: os.environ.get(f.name.upper(), "") for f in fields(Settings)}
    for name, value in given.items():
        print(f"{name.upper():32} {'set' if value else 'not set'}")
    set_ones = {k: v for k, v in given.items() if v}
    wrong = missing_settings(set_ones) or contradictions(Settings(**set_ones))
    for sentence in wrong:
        print(sentence)
    return 1 if wrong else 0


def deliveries(options: argparse.Namespace) -> int:
    """List stored webhooks, or hand one on again."""
    from webhooks import inbox
    from webhooks.models import DeliveryState

    _, database = _open()
    with database.begin() as session:
        if options.action == "replay":
            if options.id is None:
                raise AppError("Say which: deliveries replay ID")
            inbox.replay(session, options.id)
            print(f"Delivery {options.id} will be handed on again.")
            return 0
        state = DeliveryState(options.state) if options.state else None
        for row in inbox.recent(session, state=state):
            when = f"{row.received_at:%Y-%m-%d %H:%M:%S}"
            print(f"{row.id:>8}  {when}  {row.state.value:10} {row.topic:24} {row.shop_domain} {row.error}")
    return 0


def reconcile(options: argparse.Namespace) -> int:
    """Look through a shop's changed and open returns now; a worker handles what is found."""
    from routing.sweeps import look_through
    from shopify_app.admin_api.client import AdminApi
    from shopify_app.admin_api.sweeps import ShopifySweeps
    from shopify_app.wiring import wire
    from shops.shops import find_shop

    settings, database = _open()
    wire(settings, database)
    with database.begin() as session:
        shop = find_shop(session, options.shop)
    if shop is None or shop.id is None:
        raise AppError(f"No shop {options.shop} is known here.")
    sweeps = ShopifySweeps(AdminApi(settings, database))
    swept = look_through(database.begin, sweeps=sweeps, shop_id=shop.id, wide=True)
    if swept is None:
        print("The shop is not connected, or a worker is looking through it at this moment.", file=sys.stderr)
        return 1
    if swept.problem:
        print(f"Not all could be read; the next look begins at the same place: {swept.problem}", file=sys.stderr)
        return 1
    print(f"{swept.pages} pages read: {swept.unknown} returns not known before, {swept.changed} changed since.")
    return 0


def jobs_(options: argparse.Namespace) -> int:
    """List jobs in trouble, start one afresh or sooner, or try it no more."""
    from jobs.attempts import failed_jobs, give_up, hurry, retry_job
    from jobs.models import JobTrouble, TroubleState

    _, database = _open()
    with database.begin() as session:
        if options.action != "list":
            trouble = session.get(JobTrouble, options.id) if options.id is not None else None
            if trouble is None:
                raise AppError(f"Say which, by its number in the list: jobs {options.action} ID")
            if options.action == "giveup":
                give_up(session, trouble)
            elif trouble.state is TroubleState.GIVEN_UP:
                retry_job(session, trouble, now=now())
            else:  # its next attempt is secured already; a second one beside it could run twice
                hurry(session, trouble, now=now())
            print(f"{trouble.name} {'is not tried any more' if options.action == 'giveup' else 'will be tried again'}.")
            return 0
        for row in failed_jobs(session):
            print(f"{row.id:>6}  {row.state.value:9} {row.name:32} after {row.attempts}: {row.reason}")
    return 0


def erase(options: argparse.Namespace) -> None:
    """Erase one client of one shop."""
    from shopify_app.privacy import erase_by_hand
    from shops.shops import find_shop
    from webhooks.topics.gids import gid

    _, database = _open()
    with database.begin() as session:
        shop = find_shop(session, options.shop)
    client_gid = gid("Customer", options.client)
    if shop is None or shop.id is None:
        raise AppError("No shop of that domain is known here.")
    if client_gid is None:
        raise AppError("A client is a number, or gid://shopify/Customer/ and a number.")
    erase_by_hand(database.begin, shop_id=shop.id, client_gid=client_gid, by="operator", now=now())
    print("Erased: names, addresses, words, messages and webhook bodies. A second look follows in an hour.")


def rotate(options: argparse.Namespace) -> int:
    """Encrypt everything at rest with the newest key."""
    from shopify_app.rotation import rotate_keys

    _, database = _open()
    done = rotate_keys(database, batch=max(1, options.batch))
    print(f"{done.seen} values looked at, {done.renewed} renewed, {done.unreadable} that no key opens.")
    return 1 if done.unreadable else 0
