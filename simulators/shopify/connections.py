"""Pages of a list, as GraphQL connections with cursors that survive a change of the list."""

import base64
import json

from simulators.shopify.errors import bad_request

LARGEST_PAGE = 250


def connect(items: list[dict], args: dict) -> dict:
    """The page `first`/`after` or `last`/`before` asks for, of `items` in their natural order."""
    if args.get("reverse"):
        items = items[::-1]
    size = page_size(args)
    keys = [key_of(item, n) for n, item in enumerate(items)]
    start = position(keys, args["after"]) + 1 if args.get("after") else 0
    end = position(keys, args["before"]) if args.get("before") else len(items)
    if args.get("first") is not None:
        low, high = start, min(end, start + size)
    else:
        low, high = max(start, end - size), end
    cursors = [cursor(key) for key in keys[low:high]]
    page = items[low:high]
    return {
        "nodes": page,
        "edges": [{"node": node, "cursor": mark} for node, mark in zip(page, cursors, strict=True)],
        "pageInfo": {
            "hasNextPage": high < len(items),
            "hasPreviousPage": low > 0,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def page_size(args: dict) -> int:
    size = args.get("first") if args.get("first") is not None else args.get("last")
    if size is None:
        raise bad_request("you must provide one of first or last")
    if size < 0 or size > LARGEST_PAGE:
        raise bad_request(f"The page size must be between 0 and {LARGEST_PAGE}, got {size}.")
    return size


def key_of(item: dict, place: int) -> str:
    return str(item.get("id") or place)


def cursor(key: str) -> str:
    return base64.b64encode(json.dumps({"last_id": key}).encode()).decode()


def position(keys: list[str], mark: str) -> int:
    try:
        return keys.index(json.loads(base64.b64decode(mark))["last_id"])
    except (ValueError, KeyError, TypeError):
        raise bad_request("Invalid cursor for current pagination sort.") from None
