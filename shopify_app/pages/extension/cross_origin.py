"""What an answer to our extension needs: it runs on Shopify's origin.

Any origin may read it, the preflight's answer too: the proof is in the Authorization header, which no other page can
make a browser send, and no cookie counts here.
"""

from flask import Response


def allow_any_origin(response: Response) -> Response:
    """For `after_request`."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    response.headers["Access-Control-Max-Age"] = "600"
    return response
