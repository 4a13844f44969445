"""The two ways Shopify says no: top-level errors, and `userErrors` inside a mutation's payload."""

from graphql import GraphQLError


class Refused(Exception):
    """Becomes one entry of `userErrors`. Raised before anything was changed."""

    def __init__(self, field: list[str] | None, message: str, code: str | None = None, **more) -> None:
        super().__init__(message)
        self.entry = {"field": field, "message": message, "code": code, **more}


def denied(what: str, scope: str) -> GraphQLError:
    """A field the token may not read: null, with an entry in `errors`, over HTTP 200."""
    message = f"Access denied for {what} field. Required access: `{scope}` access scope."
    documentation = "https://shopify.dev/api/usage/access-scopes"
    return GraphQLError(
        message,
        extensions={
            "code": "ACCESS_DENIED",
            "documentation": documentation,
            "requiredAccess": f"`{scope}` access scope.",
        },
    )


def bad_request(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})
