"""Pictures in a folder of this machine that no web server serves."""

import os
from pathlib import Path

from kit.errors import NotFound, OutsideError


class Folder:
    """Fits ports.PictureStore."""

    def __init__(self, root: str):
        self.root = Path(root).resolve()

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Write it whole or not at all; a second time changes nothing."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = path.with_suffix(".half")
            with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except OSError as error:
            raise OutsideError("pictures", f"the folder did not take it: {type(error).__name__}") from error

    def get(self, key: str) -> bytes:
        """The bytes. Raises NotFound."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise NotFound("That picture is not here.") from None

    def delete(self, key: str) -> None:
        """Gone; one that is not there is gone already."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root) or path == self.root:
            raise ValueError(f"{key!r} leads out of the folder")
        return path
