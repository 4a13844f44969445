"""Half as much again is to prove the product as to be it: lines of code, without blanks, comments, docstrings.

The product is what the image runs. The other side is all that exists only to try it: the tests, the stand-ins for the
providers they call, and the benchmarks; none of these is in the image.
"""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROVING = ("tests", "simulators", "benchmarks")
BAR = 1.5


def product() -> list[str]:
    """The same packages whose coverage is measured."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(settings["tool"]["coverage"]["run"]["source_pkgs"])


def code_lines(source: str) -> int:
    """Lines that are neither blank nor a comment nor in a docstring."""
    lines = source.splitlines()
    code = {at for at, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            code.difference_update(_docstring(node.body))
    return len(code)


def _docstring(body: list[ast.stmt]) -> range:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())) as first, *_]:
            return range(first.lineno, (first.end_lineno or first.lineno) + 1)
    return range(0)


def lines_of(folders: list[str] | tuple[str, ...]) -> int:
    return sum(code_lines(path.read_text()) for folder in folders for path in (ROOT / folder).rglob("*.py"))


def test_a_line_is_code_when_it_does_something() -> None:
    source = '"""Says\nwhat.\n"""\n\n# why\nA = 1  # one\n\n\ndef f():\n    """Text."""\n    return """a\n    b"""\n'
    assert code_lines(source) == 4


def test_the_proof_never_falls_behind_what_it_proves() -> None:
    code, proof = lines_of(product()), lines_of(PROVING)
    assert proof >= BAR * code, f"{proof} lines prove {code}: {proof / code:.2f} to 1"


def test_what_proves_is_not_in_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert set(PROVING) <= set(left_out)


def test_every_package_the_image_runs_is_counted_and_measured() -> None:
    """Migrations write the tables' history and have tests of their own; their lines are mostly the tool's."""
    there = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert there - set(PROVING) - {"migrations"} == set(product())
