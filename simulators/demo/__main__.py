"""python -m simulators.demo [--port N] [--script]"""

import argparse
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from simulators.demo.databases import database_for
from simulators.demo.places import Places, free_port, is_taken
from simulators.demo.processes import NotReady, Processes

VAR = Path("var")


def main() -> int:
    """Exit code 0 when the demo ended as asked, or every step of the script held."""
    asked = _arguments()
    try:
        return play() if asked.script else run(asked.port)
    except NotReady as error:
        print(error, file=sys.stderr)
        return 1


def run(port: int) -> int:
    """Until Ctrl-C."""
    places = Places(port, port + 1, port + 2, VAR)
    for taken in (p for p in (port, port + 1, port + 2) if is_taken(p)):
        print(f"Port {taken} is in use. Choose another: bin/demo --port N (N, N+1 and N+2 are used).", file=sys.stderr)
        return 1
    with database_for(VAR, keep=True) as database_url:
        processes = Processes(places, database_url)
        try:
            processes.start_everything()
            print(addresses(places), flush=True)
            return _wait(processes)
        finally:
            processes.stop()


def play() -> int:
    """The main job without a person, on free ports and in a folder of its own, which goes when all held."""
    from simulators.demo.play import Play
    from simulators.demo.script import play_main_job

    VAR.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="script-", dir=VAR))
    places = Places(free_port(), free_port(), free_port(), folder)
    with database_for(folder, keep=False) as database_url:
        processes = Processes(places, database_url)
        try:
            failed = play_main_job(Play.of(processes))
        finally:
            processes.stop()
    if failed:
        print(f"Logs and databases are kept in {folder}.", file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


def addresses(places: Places) -> str:
    """The four addresses, a sentence each."""
    return "\n".join(
        [
            "",
            "  Everything runs on this machine. Nothing leaves it. Ctrl-C ends it.",
            "",
            f"  admin       {places.store}/admin    install the app here first, then see cases, inspect and settle",
            f"  desk        {places.app}/desk     the advisor's side; opens from the link in her text message",
            f"  storefront  {places.store}/store    sign in as Amara Whitlock and return order #1042",
            f"  outbox      {places.store}/outbox   every text and email",
            f"  (parcels    {places.store}/carrier   where you move a parcel on, as the carrier would)",
            "",
        ]
    )


def _wait(processes: Processes) -> int:
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    while not asked.wait(1):
        dead = processes.dead()
        if dead:
            raise NotReady(f"{dead} stopped by itself; see {processes.logs / f'{dead}.log'}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description="The whole product on this machine.")
    parser.add_argument("--port", type=int, default=8080, help="the app's; the stand-ins take the next two")
    parser.add_argument("--script", action="store_true", help="play the main job without a person, and check it")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
