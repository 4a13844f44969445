"""bulk_operations/finish: a large read is ready. Nothing starts one yet, so it is kept and nothing follows."""

from typing import Any


def parse(payload: dict[str, Any], context: Any) -> None:
    """No event: whoever starts a bulk operation says here what follows it."""
    return None
