"""Runs a test in a network namespace just made: brings its loopback interface up, and says which it has."""

import fcntl
import os
import socket
import struct
import sys

import pytest

SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x41


def main() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", UP_AND_RUNNING))
    print("interfaces:", *(name for _, name in socket.if_nameindex()), flush=True)
    return pytest.main(["-n", "0", "-q", "-p", "no:cacheprovider", *sys.argv[1:]])


if __name__ == "__main__":
    os.environ.pop("PYTEST_XDIST_WORKER", None)
    sys.exit(main())
