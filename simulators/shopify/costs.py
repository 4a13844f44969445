"""What a query costs, and the leaky bucket it is paid from. https://shopify.dev/docs/api/usage/limits"""

from datetime import datetime

from graphql import (
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

MUTATION_COST = 10
LARGEST_QUERY = 1_000


class CostCounter:
    """Upper bound by the published rules: scalars 0, an object 1, a connection its page size times a node."""

    def __init__(self, schema: GraphQLSchema, document, variables: dict) -> None:
        self.schema, self.variables = schema, variables
        self.fragments = {d.name.value: d for d in document.definitions if d.kind == "fragment_definition"}

    def requested(self, operation: OperationDefinitionNode) -> int:
        if operation.operation.value == "mutation":
            return MUTATION_COST + self.selections(self.schema.mutation_type, operation.selection_set)
        return self.selections(self.schema.query_type, operation.selection_set)

    def selections(self, parent, selection_set) -> int:
        return sum(self.selection(parent, s) for s in selection_set.selections) if selection_set else 0

    def selection(self, parent, node) -> int:
        if isinstance(node, InlineFragmentNode):
            kind = self.schema.get_type(node.type_condition.name.value) if node.type_condition else parent
            return self.selections(kind, node.selection_set)
        if isinstance(node, FragmentSpreadNode):
            fragment = self.fragments[node.name.value]
            return self.selections(self.schema.get_type(fragment.type_condition.name.value), fragment.selection_set)
        if node.name.value.startswith("__"):
            return 0
        return self.field(parent, node)

    def field(self, parent, node) -> int:
        kind = get_named_type(parent.fields[node.name.value].type)
        if is_leaf_type(kind):
            return 0
        if not kind.name.endswith("Connection"):
            return 1 + self.selections(kind, node.selection_set)
        inner = [
            s for s in node.selection_set.selections if getattr(s, "name", None) and s.name.value in ("nodes", "edges")
        ]
        return sum(self.page(node) * self.selection(kind, s) for s in inner)

    def page(self, node) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                if isinstance(argument.value, IntValueNode):
                    return int(argument.value.value)
                if isinstance(argument.value, VariableNode):
                    return int(self.variables.get(argument.value.name.value) or 1)
        return 1


def actual_cost(data, requested: int, *, mutation: bool) -> int:
    """What came back, counted by objects; never more than was asked for."""
    return min(requested, (MUTATION_COST if mutation else 0) + max(0, objects_in(data) - 1))


def objects_in(value) -> int:
    if isinstance(value, dict):
        return 1 + sum(objects_in(v) for v in value.values())
    return sum(objects_in(v) for v in value) if isinstance(value, list) else 0


class Bucket:
    """Points left for one shop; they flow back at `rate` a second."""

    def __init__(self, size: float, rate: float, now: datetime) -> None:
        self.size, self.rate = size, rate
        self.available, self.at = size, now

    def refill(self, now: datetime) -> float:
        self.available = min(self.size, self.available + max(0.0, (now - self.at).total_seconds()) * self.rate)
        self.at = now
        return self.available

    def charge(self, points: float) -> None:
        self.available -= points

    def status(self) -> dict:
        return {"maximumAvailable": self.size, "currentlyAvailable": int(self.available), "restoreRate": self.rate}
