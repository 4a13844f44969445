"""Addresses a provider names for us to fetch or fill: https only, on the public internet only, no redirects.

Who could choose such an address could otherwise have our server ask machines that only it can reach. The name is
resolved once, checked, and connected to as it was checked, so that a second answer of the name server changes nothing.
"""

import contextlib
import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import NewConnectionError


class NotOutside(OSError):
    """The address is not one on the public internet, by https."""


def fetch(http: requests.Session, url: str, *, timeout: float, most_bytes: int) -> tuple[int, bytes]:
    """Status and body of `url`, the body cut where it is longer than that. Raises requests.RequestException."""
    with http.request("GET", url, timeout=timeout, allow_redirects=False, stream=True) as answer:
        body = b""
        for chunk in answer.iter_content(65_536):
            body += chunk
            if len(body) >= most_bytes:
                break
    return answer.status_code, body[:most_bytes]


def public_http(local: str = "") -> requests.Session:
    """A session that reaches https addresses of the public internet only, and `local`, a stand-in on this machine."""
    http = requests.Session()
    http.trust_env = False  # no proxy from the environment: it would resolve the name anew
    http.mount("https://", _PublicOnly())
    del http.adapters["http://"]
    if local:
        parts = urlsplit(local)
        http.mount(f"{parts.scheme}://{parts.netloc}/", HTTPAdapter())
    return http


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of `host`, likeliest to answer first, when all are public. Raises NotOutside, or OSError for none.

    The order is the system's: it knows which kinds of address this machine can reach.
    """
    found = list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    if not found or not all(ipaddress.ip_address(one).is_global for one in found):
        raise NotOutside(f"{host} is not on the public internet")
    return found


class _Connection(HTTPSConnection):
    """Connects to an address that was checked, under the name whose certificate is asked for."""

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            *others, last = public_addresses(name, self.port)
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error
        try:
            for other in others:
                self._dns_host = other
                with contextlib.suppress(NewConnectionError):  # no way there from here; a slow one is not passed over
                    return super()._new_conn()
            self._dns_host = last
            return super()._new_conn()
        finally:
            self._dns_host = name


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


class _PublicOnly(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _Pool}  # the manager itself is made by the adapter
