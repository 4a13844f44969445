"""Files: staged uploads in, labels and product pictures out."""

import base64
import gzip
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_file

from simulators.shopify.store import Store


def mount(bp: Blueprint, store: Store) -> None:
    mount_bulk(bp, store)

    @bp.route("/shopify/<domain>/staged/<key>/<filename>", methods=["PUT", "POST"])
    def stage(domain: str, key: str, filename: str):
        """Where stagedUploadsCreate sends the bytes; PUT takes them as they are, POST as the form's `file`."""
        sent = request.files.get("file")
        raw = sent.read() if sent else request.get_data()
        with store.change():
            upload = store.uploads.get(key)
            if upload is None or upload["shop"] != domain:
                abort(403)
            if not raw:
                abort(400)
            upload["body"] = base64.b64encode(raw).decode()
            store.keep("upload", key, upload)
        return Response(status=200 if request.method == "PUT" else 201)

    @bp.get("/shopify/<domain>/files/<key>/<filename>")
    def read_file(domain: str, key: str, filename: str):
        """`publicFileUrl` of a label."""
        upload = store.uploads.get(key)
        if upload is None or upload["shop"] != domain or upload["body"] is None:
            abort(404)
        return Response(base64.b64decode(upload["body"]), content_type=upload["mimeType"])

    @bp.get("/shopify/<domain>/pictures/<handle>.svg")
    def picture(domain: str, handle: str):
        shop = store.shops.get(domain)
        product = shop and shop.find("Product", handle=handle)
        if not product:
            abort(404)
        return Response(
            product["picture"], content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"}
        )


def mount_bulk(bp: Blueprint, store: Store) -> None:
    @bp.get("/shopify/<domain>/bulk/<number>/<key>.jsonl")
    def read_bulk(domain: str, number: str, key: str):
        """The result of a bulk operation, whole or a range of it."""
        with store.lock:
            operation = (
                store.shops[domain].get(f"gid://shopify/BulkOperation/{number}") if domain in store.shops else None
            )
            if operation is None or operation["key"] != key or store.bulk.has_expired(operation):
                abort(403)
            fault = store.faults.strike("bulk.file", exactly=True) or {}
            path = store.bulk.file_of(operation)
        kind = fault.get("kind")
        if kind == "gone":
            abort(403)
        if kind == "gzip":
            packed = gzip.compress(path.read_bytes())
            return Response(packed, content_type="application/jsonl", headers={"Content-Encoding": "gzip"})
        if kind == "cut":
            return cut(path, float(fault.get("share", 0.5)))
        return send_file(path, mimetype="application/jsonl", conditional=kind != "whole", etag=False, max_age=0)


def cut(path: Path, share: float) -> Response:
    """A part of what the headers promise, and then the line is dead."""
    size = path.stat().st_size
    wanted = request.range.ranges[0][0] if request.range else 0
    headers = {"Content-Length": str(size - wanted), "Connection": "close"}
    if wanted:
        headers["Content-Range"] = f"bytes {wanted}-{size - 1}/{size}"

    def some() -> Iterator[bytes]:
        with path.open("rb") as file:
            file.seek(wanted)
            yield file.read(int((size - wanted) * share))

    return Response(some(), 206 if wanted else 200, headers, content_type="application/jsonl")
