"""python -m benchmarks [NAME ...]"""

import argparse
import sys
from collections.abc import Callable

from benchmarks import chaos, desk, door, history, home, lost, portal, rematch, rooms, routing, slots

BENCHMARKS: dict[str, Callable[[], None]] = {
    "door": door.run,
    "chaos": chaos.run,
    "lost": lost.run,
    "history": history.run,
    "routing": routing.run,
    "slots": slots.run,
    "rooms": rooms.run,
    "rematch": rematch.run,
    "home": home.run,
    "desk": desk.run,
    "portal": portal.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench", description="One line a figure: name value unit.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all of them by default")
    asked = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in asked if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    for name in asked:
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
