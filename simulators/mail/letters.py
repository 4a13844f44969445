"""Letters: the e-mails that arrived, kept raw and read when shown."""

import base64
import uuid
from datetime import UTC
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from simulators.config import Config
from simulators.shelf import Shelf


class Letters:
    """Kept under an id of ours; `Message-ID` is the sender's own and need not be unique."""

    def __init__(self, config: Config, shelf: Shelf):
        self._config, self._shelf = config, shelf

    def keep(self, sender: str, recipients: list[str], raw: bytes) -> None:
        id = uuid.uuid4().hex[:16]
        letter = {
            "id": id,
            "at": self._config.clock().astimezone(UTC).isoformat(),
            "envelope_from": sender,
            "envelope_to": recipients,
            "raw": base64.b64encode(raw).decode(),
        }
        self._shelf.put("letter", id, letter)

    def find(self, id: str) -> dict | None:
        kept = self._shelf.get("letter", id)
        return read(kept) if kept else None

    def newest_first(self, recipient: str = "") -> list[dict]:
        """All letters, or those one address received, readable."""
        kept = [k for k in self._shelf.all("letter") if not recipient or recipient in k["envelope_to"]]
        return [read(k) for k in reversed(kept)]

    def numbered(self) -> list[tuple[int, dict]]:
        return [(number, read(kept)) for number, kept in self._shelf.numbered("letter")]

    def attachment(self, id: str, number: int) -> tuple[str, str, bytes] | None:
        """File name, content type and bytes of the part at that place in `parts`."""
        kept = self._shelf.get("letter", id)
        parts = _parts(_parsed(kept)) if kept else []
        if not 0 <= number < len(parts):
            return None
        part = parts[number]
        return part.get_filename() or f"part-{number}", part.get_content_type(), _bytes(part)


def read(kept: dict) -> dict:
    """A kept letter as the control API and the pages show it: text, html, calendar text, parts, headers."""
    message = _parsed(kept)
    parts = _parts(message)
    return {
        "id": kept["id"],
        "at": kept["at"],
        "from": str(message.get("From", kept["envelope_from"])),
        "to": kept["envelope_to"],
        "subject": str(message.get("Subject", "")),
        "text": _first(parts, "text/plain"),
        "html": _first(parts, "text/html"),
        "ics": _first(parts, "text/calendar"),
        "parts": [
            {
                "number": number,
                "content_type": part.get_content_type(),
                "filename": part.get_filename(),
                "disposition": part.get_content_disposition(),
                "parameters": {str(k): str(v) for k, v in (part.get_params() or [])[1:]},
                "bytes": len(_bytes(part)),
            }
            for number, part in enumerate(parts)
        ],
        "headers": [[name, str(value)] for name, value in message.items()],
    }


def _parsed(kept: dict) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(base64.b64decode(kept["raw"]))


def _parts(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if not part.is_multipart()]


def _bytes(part: EmailMessage) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _first(parts: list[EmailMessage], kind: str) -> str | None:
    """The first part of a kind as text; a plain-text attachment doesn't pass for the body."""
    for part in parts:
        shown = part.get_content_disposition() != "attachment" or kind == "text/calendar"
        if part.get_content_type() == kind and shown:
            charset = part.get_content_charset("utf-8")
            try:
                return _bytes(part).decode(charset, "replace")
            except LookupError:
                return _bytes(part).decode("utf-8", "replace")
    return None
