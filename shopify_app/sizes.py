"""How much a request to a page may carry: forms are small, and one page takes pictures."""

import re

from logistics.pictures import MOST_BYTES as MOST_PICTURE_BYTES

MOST_BYTES = 2 * 1024 * 1024
ROOM_FOR_A_FORM = 64 * 1024
PICTURES = re.compile(r"/desk/returns/\d+/pictures")


def most_bytes(path: str) -> int:
    """The most the page at `path` reads."""
    return MOST_PICTURE_BYTES + ROOM_FOR_A_FORM if PICTURES.fullmatch(path) else MOST_BYTES
