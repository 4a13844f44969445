"""Our own source, read as a reviewer would: which statements touch a shop's rows, who calls out, what is asked for."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import SQLModel

import shopify_app.tables

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "shopify_app",
    "webhooks",
    "routing",
    "measures",
    "logistics",
    "consults",
    "notifications",
    "jobs",
    "shops",
    "kit",
)

assert shopify_app.tables.metadata is SQLModel.metadata
OWNED = {
    mapper.class_.__name__
    for mapper in SQLModel._sa_registry.mappers
    if {"shop_id", "shop_domain"} & set(mapper.local_table.c.keys())
}
"""Models whose rows belong to a shop."""


def sources() -> Iterator[tuple[str, str]]:
    """(path from the root, text) of every Python file that runs in production."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def files(*folders: str, suffix: str) -> Iterator[tuple[str, str]]:
    """(path, text) of the files below `folders` whose name ends so."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def functions(text: str) -> Iterator[ast.FunctionDef]:
    """All functions and methods of a file."""
    yield from (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))


@dataclass(frozen=True)
class Reading:
    """A query, an update, a deletion or a look-up by id of a model in OWNED."""

    where: str
    models: frozenset[str]
    is_scoped: bool


def readings() -> Iterator[Reading]:
    """Every such statement of ours."""
    for path, text in sources():
        for function in functions(text):
            yield from _readings(path, text, function)


def readings_in(text: str, path: str = "example.py") -> list[Reading]:
    """The same for one text."""
    return [one for function in functions(text) for one in _readings(path, text, function)]


def _readings(path: str, text: str, function: ast.FunctionDef) -> Iterator[Reading]:
    loaded = _loaded(function)
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        models = _models(call)
        if models:
            words = _statement(function, call)
            scoped = _was_found_by_its_shop(function, call) or any(
                _names_the_shop(node) or _of_a_loaded_row(node, loaded) for node in words
            )
            yield Reading(f"{path.removesuffix('.py').replace('/', '.')}.{function.name}", models, scoped)


def _models(call: ast.Call) -> frozenset[str]:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    on = call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""
    if called not in ("select", "update", "delete", "get") or (called == "get") != (
        on == "session" and called == "get"
    ):
        return frozenset()
    names = {node.id for argument in call.args for node in ast.walk(argument) if isinstance(node, ast.Name)}
    return frozenset(names & OWNED)


def _statement(function: ast.FunctionDef, call: ast.Call) -> list[ast.AST]:
    """All that is said of one statement: where it is made, and where the name it was given is used again."""
    simple = [node for node in ast.walk(function) if isinstance(node, ast.stmt) and not hasattr(node, "body")]
    simple += [node.items[0].context_expr for node in ast.walk(function) if isinstance(node, ast.With)]  # type: ignore[misc]
    mine = [node for node in simple if call in ast.walk(node)]
    names = {
        target.id
        for node in mine
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    again = [node for node in simple if any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))]
    said = [*mine, *again]
    # Conditions that were put together before, under a name of their own.
    used = {n.id for node in said for n in ast.walk(node) if isinstance(n, ast.Name)}
    said += [n for n in simple if isinstance(n, ast.Assign) and any(getattr(t, "id", "") in used for t in n.targets)]
    return [node for statement in said for node in ast.walk(statement)]


def _names_the_shop(node: ast.AST) -> bool:
    """`Model.shop_id`, in a condition: the column, not a value of that name."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("shop_id", "shop_domain")
        and isinstance(node.value, ast.Name)
        and node.value.id in OWNED
    )


def _was_found_by_its_shop(function: ast.FunctionDef, call: ast.Call) -> bool:
    """An earlier line of the function asked for something with `shop_id=`, or the look-up is by the shop itself."""
    if len(call.args) == 2 and any(
        isinstance(n, ast.Name | ast.Attribute) and ast.unparse(n).endswith("shop_id") for n in call.args[1:]
    ):
        return True
    return any(
        isinstance(node, ast.Call) and node.lineno < call.lineno and any(k.arg == "shop_id" for k in node.keywords)
        for node in ast.walk(function)
    )


def _loaded(function: ast.FunctionDef) -> set[str]:
    """Parameters that are a row already: who has one got it by its shop."""
    arguments = [*function.args.args, *function.args.kwonlyargs]
    return {a.arg for a in arguments if isinstance(a.annotation, ast.Name) and a.annotation.id in OWNED | {"Shop"}}


def _of_a_loaded_row(node: ast.AST, loaded: set[str]) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in loaded
