"""A relay as coturn is with `use-auth-secret`, as far as a browser asks: TURN over UDP on a loopback port. RFC 8656.

Only for tests: it forwards to loopback, which a real one must refuse to do.
"""

import base64
import hashlib
import hmac
import secrets
import selectors
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kit import clock

COOKIE = 0x2112A442
REALM = b"room.test"
BINDING, ALLOCATE, REFRESH, SEND, DATA, PERMISSION, CHANNEL = 0x001, 0x003, 0x004, 0x016, 0x017, 0x008, 0x009
SUCCESS, ERROR = 0x0100, 0x0110
USERNAME, INTEGRITY, ERROR_CODE, CHANNEL_NUMBER, LIFETIME, PEER, BYTES = 0x6, 0x8, 0x9, 0xC, 0xD, 0x12, 0x13
REALM_IS, NONCE, RELAYED, MAPPED = 0x14, 0x15, 0x16, 0x20
Address = tuple[str, int]


class Allocation:
    """One browser's port on the relay, and who may be reached from it by which channel."""

    def __init__(self, client: Address, key: bytes):
        self.client, self.key = client, key
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.by_number: dict[int, Address] = {}
        self.by_peer: dict[Address, int] = {}


class TurnRelay:
    """`url` goes into TURN_URLS. `carried` counts datagrams of media; `refused` the attempts with a wrong password."""

    def __init__(self, secret: str):
        self.secret, self.nonce = secret, secrets.token_hex(8).encode()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.url = f"turn:127.0.0.1:{self.socket.getsockname()[1]}?transport=udp"
        self.allocations: dict[Address, Allocation] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.socket, selectors.EVENT_READ, None)
        self.carried = self.refused = 0
        self.running = True
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.running = False
        self.thread.join(5)
        for allocation in self.allocations.values():
            allocation.socket.close()
        self.socket.close()

    def _run(self) -> None:
        while self.running:
            for key, _ in self.selector.select(timeout=0.2):
                data, sender = key.fileobj.recvfrom(65535)  # type: ignore[union-attr]
                if key.data is None:
                    self._from_client(data, sender)
                else:
                    self._from_peer(key.data, data, sender)

    def _from_client(self, data: bytes, client: Address) -> None:
        first = struct.unpack("!H", data[:2])[0] if len(data) >= 4 else 0
        if 0x4000 <= first < 0x8000:
            allocation = self.allocations.get(client)
            if allocation and (peer := allocation.by_number.get(first)):
                self._forward(allocation, data[4 : 4 + struct.unpack("!H", data[2:4])[0]], peer)
        elif len(data) >= 20:
            self._obey(first, data, client)

    def _forward(self, allocation: Allocation, payload: bytes, peer: Address) -> None:
        self.carried += 1
        allocation.socket.sendto(payload, peer)

    def _from_peer(self, allocation: Allocation, data: bytes, peer: Address) -> None:
        number = allocation.by_peer.get(peer)
        if number:
            self.socket.sendto(struct.pack("!HH", number, len(data)) + data, allocation.client)
            return
        about = attribute(PEER, xored(peer)) + attribute(BYTES, data)
        self.socket.sendto(message(DATA, secrets.token_bytes(12), about), allocation.client)

    def _obey(self, kind: int, data: bytes, client: Address) -> None:
        given, transaction = attributes(data), data[8:20]
        if kind == BINDING:
            self._answer(client, message(BINDING | SUCCESS, transaction, attribute(MAPPED, xored(client))))
        elif kind == SEND:
            if allocation := self.allocations.get(client):
                self._forward(allocation, given[BYTES], address(given[PEER]))
        elif kind in (ALLOCATE, REFRESH, PERMISSION, CHANNEL):
            key = self._key(data, given)
            if key is None:
                self._answer(client, message(kind | ERROR, transaction, self._who_are_you()))
            else:
                self._answer(client, message(kind | SUCCESS, transaction, self._do(kind, given, client, key), key))

    def _do(self, kind: int, given: dict[int, bytes], client: Address, key: bytes) -> bytes:
        if kind == ALLOCATE:
            allocation = self.allocations.get(client)
            if allocation is None:
                allocation = self.allocations[client] = Allocation(client, key)
                self.selector.register(allocation.socket, selectors.EVENT_READ, allocation)
            relayed = attribute(RELAYED, xored(allocation.socket.getsockname()))
            return relayed + attribute(MAPPED, xored(client)) + attribute(LIFETIME, struct.pack("!I", 600))
        if kind == CHANNEL and (allocation := self.allocations.get(client)):
            number, peer = struct.unpack("!H", given[CHANNEL_NUMBER][:2])[0], address(given[PEER])
            allocation.by_number[number], allocation.by_peer[peer] = peer, number
        return attribute(LIFETIME, given.get(LIFETIME, struct.pack("!I", 600))) if kind == REFRESH else b""

    def _key(self, data: bytes, given: dict[int, bytes]) -> bytes | None:
        """The key of who asks, when the user name has not run out and was signed with our secret."""
        if INTEGRITY not in given or USERNAME not in given:
            return None
        user = given[USERNAME]
        password = base64.b64encode(hmac.digest(self.secret.encode(), user, "sha1"))
        key = hashlib.md5(b":".join((user, REALM, password))).digest()
        good = hmac.compare_digest(signature(data, key), given[INTEGRITY])
        if good and int(user.split(b":")[0]) > clock.now().timestamp():
            return key
        self.refused += 1
        return None

    def _who_are_you(self) -> bytes:
        code = struct.pack("!HBB", 0, 4, 1) + b"Unauthorized"
        return attribute(ERROR_CODE, code) + attribute(REALM_IS, REALM) + attribute(NONCE, self.nonce)

    def _answer(self, client: Address, data: bytes) -> None:
        self.socket.sendto(data, client)


def message(kind: int, transaction: bytes, body: bytes, key: bytes | None = None) -> bytes:
    """A STUN message, signed when there is a key."""
    if key is None:
        return struct.pack("!HHI", kind, len(body), COOKIE) + transaction + body
    head = struct.pack("!HHI", kind, len(body) + 24, COOKIE) + transaction
    return head + body + attribute(INTEGRITY, hmac.digest(key, head + body, "sha1"))


def signature(data: bytes, key: bytes) -> bytes:
    """What MESSAGE-INTEGRITY of `data` has to be: all before it, with a length that ends with it."""
    at = 20
    while at < len(data):
        kind, length = struct.unpack("!HH", data[at : at + 4])
        if kind == INTEGRITY:
            break
        at += 4 + (length + 3) // 4 * 4
    head = data[:2] + struct.pack("!H", at + 24 - 20) + data[4:at]
    return hmac.digest(key, head, "sha1")


def attributes(data: bytes) -> dict[int, bytes]:
    """Type -> value; the first of a kind counts."""
    found: dict[int, bytes] = {}
    at = 20
    while at + 4 <= len(data):
        kind, length = struct.unpack("!HH", data[at : at + 4])
        found.setdefault(kind, data[at + 4 : at + 4 + length])
        at += 4 + (length + 3) // 4 * 4
    return found


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def xored(at: Any) -> bytes:
    host = struct.unpack("!I", socket.inet_aton(at[0]))[0]
    return struct.pack("!HHI", 1, at[1] ^ (COOKIE >> 16), host ^ COOKIE)


def address(value: bytes) -> Address:
    _, port, host = struct.unpack("!HHI", value[:8])
    return socket.inet_ntoa(struct.pack("!I", host ^ COOKIE)), port ^ (COOKIE >> 16)


@contextmanager
def relay(secret: str) -> Iterator[TurnRelay]:
    """A relay for as long as the block lasts."""
    made = TurnRelay(secret)
    try:
        yield made
    finally:
        made.close()
