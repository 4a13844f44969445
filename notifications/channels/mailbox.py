"""An e-mail address as mail servers take it. Pure."""

from dataclasses import dataclass

import idna


@dataclass(frozen=True)
class Mailbox:
    """`local`@`domain`; the domain in ASCII, which every server reads, the part before it as it is written."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server that offers SMTPUTF8 can take it (RFC 6531)."""
        return not self.local.isascii()


def mailbox(address: str) -> Mailbox:
    """ "zoe@müller.example" is zoe@xn--mller-kva.example. Raises ValueError for what can stand in no letter's head.

    Whether an ASCII address is one is the server's to say. Python's own codec would send what is meant for straße.de to
    strasse.de, which is somebody else's (IDNA 2003).
    """
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain or any(sign.isspace() or not sign.isprintable() for sign in local + domain):
        raise ValueError("That is no address.")
    if domain.isascii():
        return Mailbox(local, domain)
    return Mailbox(local, idna.encode(domain, uts46=True).decode())
