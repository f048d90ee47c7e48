"""What `serve --trace` costs: nothing where it is off.

A node is measured beside the same node without the lines that ask whether to trace: a copy of the package, in which
each such question is answered when the module is compiled, so that nothing of it is left.
"""

from __future__ import annotations

import ast
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import camshaft
from figures import Figure, Table, at_least
from programs import REDIS_BENCHMARK
from rates import Load, alternate
from servers import OURS, node_of

LOAD = Load(pipeline=16)
LEAST = 0.97
"""Of the calls of the node that does not ask: what differs by less cannot be told from nothing here."""
_ATTRIBUTE = "trace"


class _Answered(ast.NodeTransformer):
    """`….trace is None`, answered as of a node that does not trace."""

    def __init__(self) -> None:
        self.questions = 0

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Answer the question, if this is one."""
        match node:
            case ast.Compare(ast.Attribute(attr=name), [ast.Is() | ast.IsNot() as asked], [ast.Constant(None)]):
                if name == _ATTRIBUTE:
                    self.questions += 1
                    return ast.copy_location(ast.Constant(isinstance(asked, ast.Is)), node)
        return node


def copy_without_questions(directory: Path) -> int:
    """Copy the package into a directory, without its questions; how many there were."""
    package = Path(camshaft.__file__).parent
    copy = directory / package.name
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    questions = 0
    for path in sorted((copy / "node").glob("*.py")):
        answered = _Answered()
        tree = answered.visit(ast.parse(path.read_text()))
        if answered.questions:
            path.write_text(ast.unparse(tree))
        questions += answered.questions
    return questions


def measure(run_count: int) -> Iterator[Table]:
    """The calls a second of a node that does not trace, of one without the questions, and of one that traces."""
    if not REDIS_BENCHMARK.install():
        yield Table("Tracing", ("not measured",), ((REDIS_BENCHMARK.how_to_install,),))
        return
    with ExitStack() as stack:
        changed = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="camshaft-bench-")))
        questions = copy_without_questions(changed)
        nodes = [
            stack.enter_context(node_of(WITHOUT, package=changed)),
            stack.enter_context(node_of(OFF)),
            stack.enter_context(node_of(ON, "--trace")),
        ]
        found = alternate(nodes[:2], LOAD, run_count) | alternate(nodes[2:], LOAD, 1)
    yield table(found, questions)


WITHOUT, OFF, ON = "without the questions", "not tracing", "tracing"


def table(found: dict[str, Figure], questions: int) -> Table:
    """The calls a second by kind of node."""
    # Round by round: the machine is another one a minute later.
    pairs = zip(found[OFF].runs, found[WITHOUT].runs, strict=True)
    ratio = Figure(tuple(off / without for off, without in pairs))
    goal = at_least(
        "calls a second of a node that could trace and does not, of one that could not", ratio.median, LEAST
    )
    rows = (
        (WITHOUT, found[WITHOUT].show(), "", "", ""),
        (OFF, found[OFF].show(), ratio.show(2) + "x", *goal.cells),
        (ON, found[ON].show(), found[ON].over(found[WITHOUT]), "", ""),
    )
    columns = (OURS, "calls/s", f"of one {WITHOUT}", "limit", "")
    remark = (
        f"`redis-benchmark -c {LOAD.connections} -P {LOAD.pipeline}`, durability `memory`. The node without is "
        f"made for this measurement: {questions} places in its source ask whether to trace."
    )
    return Table("Tracing, when it is off", columns, rows, remark, (goal,))
