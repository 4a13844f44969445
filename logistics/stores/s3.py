"""Pictures in a private bucket that speaks S3, each request signed (Signature Version 4).

docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

import requests

from kit import clock
from kit.errors import NotFound, OutsideError

TIMEOUT_SECONDS = 20


class S3:
    """Fits ports.PictureStore. `endpoint` is https://host, the operator's choice; the bucket is named in the path."""

    def __init__(
        self,
        *,
        endpoint: str,
        bucket: str,
        region: str,
        key: str,
        secret: str,
        now: Callable[[], datetime] = clock.now,
    ):
        self.base, self.bucket, self.region = endpoint.rstrip("/"), bucket, region
        self.key, self.secret, self.now = key, secret, now
        self.http = requests.Session()
        self.http.trust_env = False

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Write it; a second time writes the same."""
        self._call("PUT", key, content, {"content-type": media_type}, wanted=(200,))

    def get(self, key: str) -> bytes:
        """The bytes. Raises NotFound."""
        return self._call("GET", key, b"", {}, wanted=(200,)).content

    def delete(self, key: str) -> None:
        """Gone; one that is not there is gone already."""
        self._call("DELETE", key, b"", {}, wanted=(200, 204, 404))

    def _call(
        self, verb: str, key: str, content: bytes, headers: Mapping[str, str], *, wanted: tuple[int, ...]
    ) -> requests.Response:
        path = f"/{self.bucket}/{quote(key, safe='/-_.~')}"
        signed = sign(
            verb,
            path,
            {"host": urlsplit(self.base).netloc, **headers},
            hashlib.sha256(content).hexdigest(),
            at=self.now(),
            region=self.region,
            key=self.key,
            secret=self.secret,
        )
        try:
            answer = self.http.request(
                verb, self.base + path, data=content, headers=signed, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise OutsideError("pictures", type(error).__name__) from error
        if answer.status_code == 404 and 404 not in wanted:
            raise NotFound("That picture is not here.")
        if answer.status_code not in wanted:
            raise OutsideError("pictures", f"answered {answer.status_code}", permanent=answer.status_code in (401, 403))
        return answer


def sign(
    verb: str, path: str, headers: Mapping[str, str], digest: str, *, at: datetime, region: str, key: str, secret: str
) -> dict[str, str]:
    """`headers` with what proves who sends them. `path` is quoted already; there is no query."""
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    whole = {**headers, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = sorted(whole)
    canonical = "\n".join(
        (verb, path, "", *(f"{name}:{whole[name].strip()}" for name in names), "", ";".join(names), digest)
    )
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    text = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    proof = f"AWS4{secret}".encode()
    for part in (stamp[:8], region, "s3", "aws4_request", text):
        proof = hmac.digest(proof, part.encode(), "sha256")
    whole["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key}/{scope},SignedHeaders={';'.join(names)},Signature={proof.hex()}"
    )
    return whole
