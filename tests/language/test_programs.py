"""No source crashes the compiler: it is compiled, or refused with diagnostics."""

from __future__ import annotations

import ast
import copy
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.language.compile import CompileError, compile_file
from camshaft.language.source import MAX_NESTED_LOOPS
from generators.differential import agree, call

HEAD = """from camshaft import Machine


class Box(Machine):
    n: int = 0

    def _h(self, n: int) -> int:
        return n

    def run(self, a: int, o: int | None, xs: list[int]) -> int:
"""
SHAPES: dict[str, Callable[[int], str]] = {
    "ifs": lambda n: "".join("    " * i + f"if a > {i}:\n" for i in range(n)) + "    " * n + "return 5\nreturn 1",
    "ternaries": lambda n: "return " + "".join(f"{i} if a == {i} else (" for i in range(n)) + "0" + ")" * n,
    "sums": lambda n: "return a" + " + a" * n,
    "lists": lambda n: "x = " + "[" * n + "1" + "]" * n + "\nreturn 1",
    "calls": lambda n: "return " + "self._h(" * n + "1" + ")" * n,
    "comprehensions": lambda n: "x = " + "[" * n + "1" + " for _ in xs]" * n + "\nreturn 1",
    "generators": lambda n: "x = [1 " + "for _ in xs " * n + "]\nreturn 1",
    "optionals": lambda n: "return " + "(o or " * n + "1" + ")" * n,
    "narrowings": lambda n: "if o is None:\n    return 1\no = o + 1 if a else None\n" * n + "return 1",
    "texts": lambda n: 't = f"' + "{a}-" * n + '"\nreturn 1',
    "comparisons": lambda n: "return 1 if a" + " < a" * n + " else 0",
    "conditions": lambda n: "return 1 if a" + " and a" * n + " else 0",
    "values": lambda n: "return a" + " and a" * n,
    "guards": lambda n: "".join(f"if a == {i}:\n    return {i}\n" for i in range(n)) + "return 1",
    "cases": lambda n: "match a:\n" + "".join(f"    case {i}:\n        return {i}\n" for i in range(n)) + "return 1",
    "statements": lambda n: "x = a\n" + "x += a\n" * n + "return x",
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("size", [10, 60, 190])
def test_deep_and_long_code_is_compiled_or_refused(tmp_path: Path, shape: str, size: int) -> None:
    body = "\n".join(" " * 8 + line for line in SHAPES[shape](size).splitlines())
    file = tmp_path / "box.py"
    file.write_text(HEAD + body + "\n")
    said = said_about(file)
    if said:
        assert size > 10 or shape in ("generators", "comprehensions"), said
        assert "CAM035" in said or "CAM001" in said, said


def test_a_comprehension_in_more_loops_than_python_takes_is_refused_before_python_sees_it(tmp_path: Path) -> None:
    # Python 3.12 and 3.13 crash on it.
    file = tmp_path / "box.py"
    for loops, refused in ((MAX_NESTED_LOOPS, False), (MAX_NESTED_LOOPS + 1, True)):
        inner = MAX_NESTED_LOOPS // 2
        around = "".join("    " * depth + "for _ in xs:\n" for depth in range(loops - inner))
        line = "    " * (loops - inner) + SHAPES["comprehensions"](inner)
        body = "\n".join(" " * 8 + each for each in (around + line).splitlines())
        file.write_text(HEAD + body + "\n")
        assert ("is within 21 loops" in said_about(file)) == refused


def said_about(file: Path) -> str:
    """What the compiler says about a file, "" where it is compiled."""
    try:
        compile_file(file)
    except CompileError as error:
        return str(error)
    return ""


def nested(lines: Callable[[int], tuple[str, ...]], last: str) -> str:
    """Fifteen times the lines, each time within the last of them, and a last one within them all."""
    inner = "".join("    " * depth + line + "\n" for depth in range(15) for line in lines(depth))
    return f"t = 0\n{inner}{'    ' * 15}{last}\nreturn t"


LARGE = {
    "two hundred locals": "t = 0\n"
    + "".join(f"v{i} = a * {i}\n" for i in range(200))
    + "".join(f"t += v{i} - v{199 - i} // 2\n" for i in range(200))
    + "return t",
    "loops": nested(lambda i: (f"v{i} = t + {i}", f"for i{i} in xs:"), "t += v0 + v14 + i7"),
    "branches": nested(lambda i: (f"v{i} = a + {i}", f"t += v{i}", f"if a < {99 - i}:"), "t += v0 + v14"),
    "both": nested(lambda i: (f"v{i} = a + t", f"for i{i} in xs:" if i % 2 else f"if t >= {i}:"), "t += v0 + i13"),
}


@pytest.mark.parametrize("shape", sorted(LARGE))
def test_hundreds_of_locals_and_deep_nesting_are_what_python_says(tmp_path: Path, shape: str) -> None:
    body = "\n".join(" " * 8 + line for line in LARGE[shape].splitlines())
    file = tmp_path / "box.py"
    file.write_text(HEAD + body + "\n")
    (machine,) = compile_file(file).machines
    agree(machine.cls, call("run", 3, 4, [2]), call("run", 90, None, [5]), call("run", 0, 1, []))


GOLDEN = sorted((Path(__file__).parent / "diagnostics").glob("*.txt"))
EXAMPLES = Path(__file__).parents[2] / "examples"
SOURCES = [path.read_text().partition("=" * 100)[0] for path in GOLDEN if path.stem != "syntax_error"]
SOURCES += [(EXAMPLES / name).read_text() for name in ("cart.py", "counter.py")]
PIECES = [
    ast.parse(text, mode="eval").body
    for text in """
    x; None; True; 1; ""; []; {}; (); (1,); {1}; self; self.x; self.x[0]; self.x(); self.x.y.z; x.y;
    x[0];    x[0:1]; x(); x()(); (lambda: x)(); [x for x in y]; {x: y for x in z}; {x for x in y};
    (x for x in y); [*x];
    {**x}; f(*x); f(**x); (x := y); 1.5; b""; 1j; ...; not x; -x; ~x; x + y; x / y; x ** 2; x < y < z; x is y; x in y;
    x is None; x and y; x or y; x if y else z; len(x); len(); str(x); list(x); list(); dict(x); dict(); tuple();
    isinstance(x, int); isinstance(x); isinstance(x, y); range(x); x.get(y); x.get(); x.items(); x.append(y); f"{x!r}";
    Line("a", 1, 2); Line(); Point(1); Full(1); Box(); print(x); sum(x); yield_; x.items()[0]""".split(";")
    for text in [text.strip()]
]


class _Replace(ast.NodeTransformer):
    """Puts a piece in the place of the n-th expression within methods."""

    def __init__(self, at: int, piece: ast.expr) -> None:
        self._at = at
        self._piece = piece
        self._in_method = 0

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.FunctionDef):
            self._in_method += 1
            node.body = [self.visit(child) for child in node.body]  # type: ignore[misc]  # statements stay statements
            self._in_method -= 1
            return node
        if self._in_method and isinstance(node, ast.expr):
            self._at -= 1
            if self._at == -1:
                return copy.deepcopy(self._piece)
        result: ast.AST = self.generic_visit(node)
        return result


@given(
    st.sampled_from(SOURCES), st.lists(st.tuples(st.integers(0, 60), st.sampled_from(PIECES)), min_size=1, max_size=4)
)
def test_any_expression_in_any_place_is_compiled_or_refused(
    tmp_path_factory: pytest.TempPathFactory, source: str, changes: list[tuple[int, ast.expr]]
) -> None:
    tree: ast.AST = ast.parse(source)
    for at, piece in changes:
        tree = _Replace(at, piece).visit(tree)
    file = tmp_path_factory.mktemp("any") / "box.py"
    try:
        file.write_text(ast.unparse(ast.fix_missing_locations(tree)))
    except ValueError:
        return  # a tree that is the syntax of no text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        said = said_about(file)
    assert not said or said.startswith("error[CAM")
