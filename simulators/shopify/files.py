"""Files: staged uploads in, labels and product pictures out."""

import base64

from flask import Blueprint, Response, abort, request

from simulators.shopify.store import Store


def mount(bp: Blueprint, store: Store) -> None:
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
