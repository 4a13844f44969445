"""python -m simulators: serves all stand-ins and the SMTP sink until it is stopped."""

import argparse
import logging
import sys
from pathlib import Path

import waitress

from simulators import bad_day
from simulators.app import create_app
from simulators.config import Config
from simulators.mail.sink import Sink

THREADS = 32


def main() -> None:
    asked = _arguments()
    logging.basicConfig(level=logging.WARNING)
    # Waitress warns of each queued request; with 32 threads that is a burst, not a problem.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    config = Config.from_env(
        app_url=asked.app_url.rstrip("/"),
        public_base=(asked.public_base or f"http://127.0.0.1:{asked.port}").rstrip("/"),
        state_path=asked.state,
    )
    app = create_app(config)
    try:
        busy = bad_day.MAIL_BUSY if bad_day.asked_for() else 0.0
        sink = Sink(app.extensions["simulators"].letters.keep, asked.smtp_port, busy=busy, seed=bad_day.seed())
        server = waitress.create_server(app, host="127.0.0.1", port=asked.port, threads=THREADS)
    except OSError as error:
        sys.exit(f"simulators: port {asked.port} or {asked.smtp_port} can't be used: {error.strerror}")
    if bad_day.asked_for():
        bad_day.begin(app.extensions["simulators"], doors=False)  # who plays with it waits by the real clock
    sink.start()
    print(f"simulators ready: {config.public_base} (mail on {sink.port}), for the app at {config.app_url}", flush=True)
    try:
        server.run()
    finally:
        sink.shutdown()
        app.extensions["simulators"].close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulators", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--app-url", default="http://127.0.0.1:8080")
    parser.add_argument("--public-base", help="our own address as a browser sees it; default http://127.0.0.1:PORT")
    parser.add_argument("--state", type=Path, default=Path("var/simulators.db"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
