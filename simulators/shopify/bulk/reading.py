"""Runs one query over many objects, a line each: what would be a page of a connection becomes lines of its own.

The executor's own resolvers read the fields; only the walk is different, because a result is never held whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    InlineFragmentNode,
    OperationType,
    get_argument_values,
    get_named_type,
    get_operation_ast,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import Undefined

from simulators.shopify.contexts import Context
from simulators.shopify.errors import denied
from simulators.shopify.executor import concrete_type, missing
from simulators.shopify.fields import FIELDS, SCOPES

MOST_CONNECTIONS, MOST_DEPTH = 5, 2
PAGE = 250
TOGETHER = 40
# Connections are read without a page size here, which the resolvers ask for.
PAGING = {"first": PAGE}


@dataclass(frozen=True)
class Field:
    """One field of a selection, looked up once and read for every object."""

    key: str
    name: str
    parent: str
    arguments: dict
    required: bool
    shape: str  # leaf, object, list or connection
    kind: Any
    inner: Any
    info: Any

    def read(self, source: dict, ctx: Context, more: dict | None = None):
        scope = SCOPES.get((self.parent, self.name))
        if scope and not ctx.shop.has_scope(scope):
            raise denied(self.name, scope)
        resolver = FIELDS.get(self.parent, {}).get(self.name)
        value = resolver(source, ctx, self.arguments | (more or {})) if resolver else source.get(self.name)
        if value is None and self.required:
            return missing(SimpleNamespace(**self.info, context=ctx))
        return value


class BulkQuery:
    """One document. `wrong` says why Shopify would not take it; empty when it would."""

    def __init__(self, executor, text: str) -> None:
        self.schema = executor.schema
        self.plans: dict[tuple[str, int], list[Field]] = {}
        self.wrong = self.root = None
        document, errors = executor.read(text)
        if errors:
            self.wrong = errors[0]["message"]
            return
        operation = get_operation_ast(document)
        if operation is None or operation.operation is not OperationType.QUERY:
            self.wrong = "Invalid bulk query: exactly one query operation is allowed."
            return
        if operation.variable_definitions:
            self.wrong = "Invalid bulk query: variables are not supported."
            return
        roots = self.plan("QueryRoot", operation.selection_set)
        self.wrong = self.limits(roots)
        self.root = roots[0] if roots else None

    def limits(self, roots: list[Field]) -> str | None:
        if len(roots) != 1 or roots[0].shape != "connection":
            return "Bulk queries must contain at least one connection, and one field at the root here."
        depths = list(self.depths(roots[0], 0))
        if len(depths) > MOST_CONNECTIONS:
            return f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."
        if max(depths) > MOST_DEPTH:
            return f"Bulk queries cannot contain connections with a nesting depth greater than {MOST_DEPTH}."
        if None in depths:
            return "Bulk queries cannot contain a connection in a list field."
        return None

    def depths(self, field: Field, depth: int) -> Iterator[int]:
        """How deep each connection of a selection lies; the root's is 0."""
        if field.shape == "connection":
            yield depth
            kind, selection = self.node(field)
            kinds = self.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
            inner = {id(f.info["node"]): f for k in kinds for f in self.plan(k.name, selection)}.values()
            for child in inner:
                yield from self.depths(child, depth + 1)
        elif field.inner is not None and not is_abstract_type(field.kind):
            for child in self.plan(field.kind.name, field.inner):
                if field.shape == "list" and child.shape == "connection":
                    yield MOST_DEPTH + 1
                yield from self.depths(child, depth)

    def node(self, field: Field):
        """The type of a connection's objects, and what is asked of them, by `nodes` or `edges { node }`."""
        for selection in field.inner.selections:
            if selection.name.value == "nodes":
                return get_named_type(field.kind.fields["nodes"].type), selection.selection_set
            if selection.name.value == "edges":
                edge = get_named_type(field.kind.fields["edges"].type)
                for inside in selection.selection_set.selections:
                    if inside.name.value == "node":
                        return get_named_type(edge.fields["node"].type), inside.selection_set
        raise ValueError(f"{field.name} asks for no nodes")

    def plan(self, kind_name: str, selection_set) -> list[Field]:
        known = self.plans.get((kind_name, id(selection_set)))
        if known is None:
            known = self.plans[kind_name, id(selection_set)] = list(self.fields(kind_name, selection_set))
        return known

    def fields(self, kind_name: str, selection_set) -> Iterator[Field]:
        kind = self.schema.get_type(kind_name)
        for node in selection_set.selections:
            if isinstance(node, InlineFragmentNode):
                wanted = node.type_condition.name.value if node.type_condition else kind_name
                condition = self.schema.get_type(wanted)
                if wanted == kind_name or (is_abstract_type(condition) and self.schema.is_sub_type(condition, kind)):
                    yield from self.fields(kind_name, node.selection_set)
            elif isinstance(node, FieldNode) and not node.name.value.startswith("__"):
                yield self.field(kind, node)

    def field(self, parent, node: FieldNode) -> Field:
        definition = parent.fields[node.name.value]
        kind = get_named_type(definition.type)
        bare = definition.type.of_type if is_non_null_type(definition.type) else definition.type
        shape = "leaf" if is_leaf_type(kind) else "list" if is_list_type(bare) else "object"
        if kind.name.endswith("Connection"):
            shape = "connection"
        given = {k: v for k, v in get_argument_values(definition, node).items() if v is not Undefined}
        info = {
            "parent_type": parent,
            "field_name": node.name.value,
            "return_type": definition.type,
            "node": node,
        }
        return Field(
            key=node.alias.value if node.alias else node.name.value,
            name=node.name.value,
            parent=parent.name,
            arguments=given,
            required=is_non_null_type(definition.type),
            shape=shape,
            kind=kind,
            inner=node.selection_set,
            info=info,
        )

    def lines(self, ctx: Context, objects: Iterator[tuple[Context, dict]], lock) -> Iterator[dict]:
        """A line for every object and, somewhere after it but not at once, for all that is nested in it.

        That is what `groupObjects: false` gives. Raises GraphQLError.
        """
        assert self.root is not None
        scope = SCOPES.get(("QueryRoot", self.root.name))
        if scope and not ctx.shop.has_scope(scope):
            raise denied(self.root.name, scope)
        kind, selection = self.node(self.root)
        nested: list[dict] = []
        for n, (own, source) in enumerate(objects, start=1):
            with lock:
                made, *below = self.line(own, kind, selection, source, None)
            yield made
            nested += below
            if n % TOGETHER == 0:
                yield from nested
                nested = []
        yield from nested

    def line(self, ctx: Context, kind, selection, source: dict, parent: str | None) -> Iterator[dict]:
        nested: list[tuple[Field, dict]] = []
        made = self.object(ctx, kind, selection, source, nested)
        if parent:
            made["__parentId"] = parent
        yield made
        for field, holder in nested:
            inner_kind, inner = self.node(field)
            for child in every(field, holder, ctx):
                yield from self.line(ctx, inner_kind, inner, child, source["id"])

    def object(self, ctx: Context, kind, selection, source: dict, nested: list) -> dict:
        name = concrete_type(source, None, kind) if is_abstract_type(kind) else kind.name
        made: dict[str, Any] = {}
        for field in self.plan(name, selection):
            if field.shape == "connection":
                nested.append((field, source))
                continue
            value = field.read(source, ctx)
            if value is None or field.shape == "leaf":
                made[field.key] = value
            elif field.shape == "list":
                made[field.key] = [self.object(ctx, field.kind, field.inner, one, nested) for one in value]
            else:
                made[field.key] = self.object(ctx, field.kind, field.inner, value, nested)
        return made


def every(field: Field, source: dict, ctx: Context) -> Iterator[dict]:
    """All of a connection, page after page."""
    after: dict = {}
    while True:
        page = field.read(source, ctx, PAGING | after)
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = {"after": page["pageInfo"]["endCursor"]}


def seen_from(ctx: Context, shop) -> Context:
    """The same call, looking at `shop`."""
    return replace(ctx, shop=shop, effects=[])
