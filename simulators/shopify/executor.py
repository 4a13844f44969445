"""Running a GraphQL document against the store, on Shopify's own schema."""

import hashlib
import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute,
    get_named_type,
    get_nullable_type,
    get_operation_ast,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from simulators.shopify.contexts import Context
from simulators.shopify.errors import Refused, bad_request, denied
from simulators.shopify.fields import FIELDS, SCOPES
from simulators.shopify.gids import kind_of
from simulators.shopify.mutations import MUTATIONS

SCHEMA_FILE = Path(__file__).with_name("schema_2026-07.graphql")
MOST_CACHED = 500
UNDEFINED_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
UNDEFINED_ARGUMENT = re.compile(r"Unknown argument '(\w+)' on field '(\w+)\.(\w+)'")


@cache
def load_schema() -> GraphQLSchema:
    """Read once: it never changes."""
    schema = build_schema(SCHEMA_FILE.read_text(), assume_valid=True)
    for name, check in (
        ("DateTime", check_date_time),
        ("Decimal", check_decimal),
        ("Money", check_decimal),
        ("URL", check_url),
    ):
        kind = schema.get_type(name)
        if isinstance(kind, GraphQLScalarType):
            kind.parse_value = check  # type: ignore[method-assign]
    return schema


def check_date_time(value):
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"invalid DateTime '{value}'") from None
    return value


def check_decimal(value):
    try:
        Decimal(str(value))
    except InvalidOperation:
        raise GraphQLError(f"invalid decimal '{value}'") from None
    return str(value)


def check_url(value):
    if not isinstance(value, str) or not re.match(r"https?://", value):
        raise GraphQLError(f"Invalid url '{value}', missing scheme")
    return value


READ: dict[str, tuple] = {}  # what every stand-in of a process has read: there is one schema


class Executor:
    """Parses and validates each document once, and remembers it."""

    def __init__(self) -> None:
        self.schema = load_schema()

    def read(self, query: str) -> tuple:
        """The document, and the errors that keep it from being run, in Shopify's words."""
        key = hashlib.sha256(query.encode()).hexdigest()
        read = READ.get(key)
        if read is None:
            if len(READ) >= MOST_CACHED:
                READ.clear()
            read = READ[key] = self.read_afresh(query)
        return read

    def read_afresh(self, query: str) -> tuple:
        try:
            document = parse(query)
        except GraphQLError as wrong:
            return None, [{**wrong.formatted, "extensions": {"code": "undefined"}}]
        return document, [as_shopify(error) for error in validate(self.schema, document)]

    def pick(self, document, name: str | None) -> OperationDefinitionNode:
        operation = get_operation_ast(document, name or None)
        if operation is None:
            raise bad_request(f'No operation named "{name}"' if name else "An operation name is required")
        return operation

    def check_variables(self, operation, given: dict) -> list[dict]:
        found = get_variable_values(self.schema, operation.variable_definitions or (), given)
        if not isinstance(found, list):
            return []
        return [{**error.formatted, "extensions": {"code": "INVALID_VARIABLE"}} for error in found]

    def run(self, context: Context, document, operation, given: dict) -> tuple[dict | None, list[dict]]:
        """Data and errors, both perhaps present: a denied field is null beside an error."""
        name = operation.name.value if operation.name else None
        result = execute(
            self.schema,
            document,
            context_value=context,
            variable_values=given,
            operation_name=name,
            field_resolver=resolve,
            type_resolver=concrete_type,
        )
        assert isinstance(result, ExecutionResult)
        return result.data, [shown(error) for error in result.errors or ()]


def resolve(source, info, **args):
    context: Context = info.context
    parent, field = info.parent_type.name, info.field_name
    scope = SCOPES.get((parent, field))
    if scope and not context.shop.has_scope(scope):
        raise denied(field, scope)
    if parent == "Mutation":
        return mutate(context, info, args)
    read = FIELDS.get(parent, {}).get(field)
    if read:
        value = read(source, context, args)
    else:
        value = source.get(field) if isinstance(source, dict) else None
    return missing(info) if value is None and is_non_null_type(info.return_type) else value


def mutate(context: Context, info, args: dict) -> dict:
    run = MUTATIONS.get(info.field_name)
    if run is None:
        raise bad_request(f"{info.field_name} is not in the stand-in")
    if info.field_name == "refundCreate":
        args["idempotency_key"] = idempotency_key(info)
    try:
        return {"userErrors": [], **run(context, args)}
    except Refused as refused:
        context.effects.clear()
        return {"userErrors": [refused.entry]}


def idempotency_key(info) -> str | None:
    for directive in info.field_nodes[0].directives or ():
        if directive.name.value == "idempotent":
            value = directive.arguments[0].value
            return info.variable_values.coerced.get(value.name.value) if value.kind == "variable" else value.value
    return None


def missing(info):
    """The plainest value of a field the stand-in keeps nothing for. An object or enum it can't make up."""
    kind = get_nullable_type(info.return_type)
    if is_list_type(kind):
        return []
    name = get_named_type(kind).name
    plain = {
        "Boolean": False,
        "Int": 0,
        "Float": 0.0,
        "String": "",
        "UnsignedInt64": "0",
        "Decimal": "0.0",
        "URL": "https://example.com/",
        "HTML": "",
    }
    if name in plain:
        return plain[name]
    if name == "MoneyBag":
        currency = info.context.shop.profile["currencyCode"]
        nothing = {"amount": "0.0", "currencyCode": currency}
        return {"shopMoney": nothing, "presentmentMoney": nothing}
    where = f"{info.parent_type.name}.{info.field_name}"
    raise GraphQLError(f"{where} is not in the stand-in", extensions={"code": "NOT_IN_STANDIN"})


def concrete_type(value, info, abstract):
    return value.get("__typename") or kind_of(value["id"])


def shown(error: GraphQLError) -> dict:
    formatted = dict(error.formatted)
    if error.original_error and not isinstance(error.original_error, GraphQLError):
        formatted["extensions"] = {"code": "INTERNAL_SERVER_ERROR", "problem": repr(error.original_error)}
    return formatted


def as_shopify(error: GraphQLError) -> dict:
    """Shopify's wording and codes for the two mistakes one makes most."""
    formatted = dict(error.formatted)
    if found := UNDEFINED_FIELD.match(error.message):
        field, kind = found.groups()
        formatted["message"] = f"Field '{field}' doesn't exist on type '{kind}'"
        formatted["extensions"] = {"code": "undefinedField", "typeName": kind, "fieldName": field}
    elif found := UNDEFINED_ARGUMENT.match(error.message):
        argument, kind, field = found.groups()
        formatted["message"] = f"Field '{field}' doesn't accept argument '{argument}'"
        formatted["extensions"] = {
            "code": "argumentNotAccepted",
            "name": field,
            "typeName": kind,
            "argumentName": argument,
        }
    else:
        formatted["extensions"] = {"code": "invalid"}
    return formatted
