"""Pictures: what may come in, and both places they are kept in."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request

from kit.db import Database
from kit.errors import AppError, NotFound, OutsideError
from logistics.pictures import MOST_BYTES, forget_pictures, media_type_of
from logistics.ports import PictureStore
from logistics.stores.folder import Folder
from logistics.stores.s3 import S3, sign
from tests.simulators.town import serving

JPEG, PNG, WEBP = b"\xff\xd8\xff\xe0 a ring", b"\x89PNG\r\n\x1a\n a ring", b"RIFF\x10\x00\x00\x00WEBPVP8 "
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # of Amazon's own documentation


@pytest.mark.parametrize(("content", "media_type"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp")])
def test_a_picture_is_known_by_its_first_bytes(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    ("content", "words", "status"),
    [
        (b"", "Choose a picture", 400),
        (b"<svg onload=alert(1)>", "not a picture we can show", 415),
        (b"%PDF-1.4", "not a picture we can show", 415),
        (b"GIF89a", "not a picture we can show", 415),
        (JPEG + bytes(MOST_BYTES), "larger than 12 MB", 413),
    ],
    ids=["nothing", "svg", "pdf", "gif", "too large"],
)
def test_anything_else_is_refused_in_a_sentence(content: bytes, words: str, status: int) -> None:
    with pytest.raises(AppError, match=words) as refused:
        media_type_of(content)
    assert refused.value.status == status


class Bucket:
    """A stand-in for S3: checks each signature as Amazon does, from what arrives, and keeps objects."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, str]] = {}
        self.verbs: list[str] = []
        self.answers: list[int] = []
        self.app = Flask("bucket")
        self.app.add_url_rule("/<path:path>", view_func=self.answer, methods=["GET", "PUT", "DELETE"])

    def answer(self, path: str) -> Response:
        self.verbs.append(request.method)
        if self.answers:
            return Response(status=self.answers.pop(0))
        if not self.is_signed():
            return Response(status=403)
        if request.method == "PUT":
            self.kept[path] = (request.get_data(), request.headers["content-type"])
            return Response(status=200)
        if request.method == "DELETE":
            self.kept.pop(path, None)
            return Response(status=204)
        return Response(self.kept[path][0]) if path in self.kept else Response(status=404)

    def is_signed(self) -> bool:
        given = request.headers.get("authorization", "")
        names = given.split("SignedHeaders=")[1].split(",")[0].split(";")
        digest = hashlib.sha256(request.get_data()).hexdigest()
        covered = {n: request.headers[n] for n in names if not n.startswith("x-amz-")}
        about: dict[str, Any] = {"at": AT, "region": "eu-west-3", "key": KEY, "secret": SECRET}
        return {"host"} <= set(names) and sign(request.method, request.path, covered, digest, **about)[
            "authorization"
        ] == given


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, bucket: Bucket) -> Iterator[PictureStore]:
    if request.param == "folder":
        yield Folder(str(tmp_path / "pictures"))
        return
    with serving(bucket.app) as base:
        yield bucket_at(base)


def bucket_at(base: str, secret: str = SECRET) -> S3:
    return S3(endpoint=base, bucket="pieces", region="eu-west-3", key=KEY, secret=secret, now=lambda: AT)


def test_what_is_kept_is_read_again_and_gone_once_it_is_deleted(store: PictureStore) -> None:
    store.put("shop-1/R-1042-1/a.jpg", JPEG, "image/jpeg")
    store.put("shop-1/R-1042-1/a.jpg", JPEG, "image/jpeg")
    assert store.get("shop-1/R-1042-1/a.jpg") == JPEG
    store.delete("shop-1/R-1042-1/a.jpg")
    store.delete("shop-1/R-1042-1/a.jpg")
    with pytest.raises(NotFound):
        store.get("shop-1/R-1042-1/a.jpg")


def test_the_pictures_of_a_shop_that_is_erased_are_taken_out_of_their_place_and_no_others(
    store: PictureStore, database: Database
) -> None:
    keys = ["shop-1/R-1/a.jpg", "shop-1/R-2/b.jpg"]
    for key in (*keys, "shop-2/R-1/a.jpg"):
        store.put(key, JPEG, "image/jpeg")
    for _ in range(2):
        forget_pictures(database.begin, store=store, keys=keys)
    for key in keys:
        with pytest.raises(NotFound):
            store.get(key)
    assert store.get("shop-2/R-1/a.jpg") == JPEG


def test_a_folder_lets_nobody_else_read_and_nothing_lead_out_of_it(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "pictures"))
    folder.put("shop-1/a.jpg", JPEG, "image/jpeg")
    (path,) = (tmp_path / "pictures").rglob("*.jpg")
    assert path.stat().st_mode & 0o077 == 0
    for key in ("../outside.jpg", "/etc/passwd", "shop-1/../../outside.jpg", ""):
        with pytest.raises(ValueError, match="leads out"):
            folder.put(key, JPEG, "image/jpeg")


def test_amazons_own_example_is_signed_as_amazon_signs_it() -> None:
    """docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Object"."""
    headers = {"host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9"}
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    at = datetime(2013, 5, 24, tzinfo=UTC)
    signed = sign("GET", "/test.txt", headers, empty, at=at, region="us-east-1", key=KEY, secret=SECRET)
    assert signed["authorization"].endswith(
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


def test_a_bucket_that_refuses_or_fails_says_so(bucket: Bucket) -> None:
    with serving(bucket.app) as base:
        with pytest.raises(OutsideError, match="answered 403") as refused:
            bucket_at(base, secret="another").put("a.jpg", JPEG, "image/jpeg")
        assert refused.value.permanent
        bucket.answers.append(503)
        with pytest.raises(OutsideError, match="answered 503") as away:
            bucket_at(base).put("a.jpg", JPEG, "image/jpeg")
        assert not away.value.permanent
    with pytest.raises(OutsideError, match="ConnectionError"):
        bucket_at(base).get("a.jpg")
