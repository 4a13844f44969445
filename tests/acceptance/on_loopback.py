"""Runs a test in a network namespace just made: brings its loopback interface up, and says which it has.

python -m tests.acceptance.on_loopback a/migrated/template.db tests/some.py::test
"""

import fcntl
import os
import shutil
import socket
import struct
import sys
from pathlib import Path

import pytest

SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x41


class Migrated:
    """The database that whoever called has migrated already."""

    @pytest.fixture(scope="session", autouse=True)
    def migrated(self, run_dir: Path) -> None:
        shutil.copyfile(sys.argv[1], run_dir / "template.db")


def main() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", UP_AND_RUNNING))
    print("interfaces:", *(name for _, name in socket.if_nameindex()), flush=True)
    return pytest.main(["-n", "0", "-q", "-p", "no:cacheprovider", *sys.argv[2:]], plugins=[Migrated()])


if __name__ == "__main__":
    os.environ.pop("PYTEST_XDIST_WORKER", None)
    sys.exit(main())
