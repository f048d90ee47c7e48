"""Lines beside terms: whose line an operation has, and that terms and programs are the same with and without."""

from __future__ import annotations

import gc
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.line_map import line_map
from camshaft.bytecode.verifier import verify
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.category.source_lines import SourceLines
from camshaft.category.subterms import parts
from camshaft.category.terms import Constant, Primitive, Term, compose, fork, operate, sequence
from camshaft.values.types import INT
from generators.machines import counter_source, method
from generators.terms import programs


def number(value: int) -> Term:
    """a -> Int"""
    return Constant(INT, value)


def test_an_operation_has_the_line_of_the_smallest_piece_that_it_is_of() -> None:
    lines = SourceLines()
    inner, outer = Primitive("add"), Primitive("multiply")
    product = operate(inner, number(1), number(2))
    lines.mark(product, 5)
    # Composing flattens: the inner composition is gone, and its operation is the same object.
    whole = compose(fork(product, compose(product, Primitive("negate"))), outer)
    lines.mark(whole, 4)
    assert (lines.line_of(inner), lines.line_of(outer)) == (5, 4)


def test_equal_operations_have_lines_of_their_own() -> None:
    lines = SourceLines()
    one, other = Primitive("add"), Primitive("add")
    lines.mark(one, 1)
    lines.mark(other, 2)
    assert one == other
    assert (lines.line_of(one), lines.line_of(other), lines.line_of(Primitive("add"))) == (1, 2, 0)


def test_a_term_that_is_gone_leaves_its_line_to_nobody() -> None:
    lines = SourceLines()
    for line in range(1, 1000):
        lines.mark(Primitive("add"), line)
    gc.collect()
    assert [lines.line_of(Primitive("add")) for _ in range(1000)] == [0] * 1000


def _all_terms(term: Term) -> list[Term]:
    return [term, *(found for part in parts(term) for found in _all_terms(part))]


@given(programs(), st.integers(1, 1000))
def test_lines_are_no_part_of_a_program(source: ProgramSource, first: int) -> None:
    lines = SourceLines()
    bodies = [source.initial, *(each.body for each in source.functions), *(each.body for each in source.methods)]
    for offset, term in enumerate(found for body in bodies for found in _all_terms(body)[::-1]):
        lines.mark(term, first + offset)
    program, with_lines = assemble(source), assemble(replace(source, lines=lines, line=first))
    assert program == with_lines
    assert program_id(program) == program_id(with_lines)
    found = line_map(with_lines)
    verified = verify(with_lines)
    for code in (verified.initial, *verified.functions, *(each.code for each in verified.methods.values())):
        table = with_lines.notes["lines"].get(code.name, [])
        assert [found.line_of(code.name, index) for index, _ in table] == [line for _, line in table]
        assert all(index < len(code.steps) for index, _ in table)


def test_each_instruction_that_can_fail_has_the_line_of_its_term() -> None:
    lines = SourceLines()
    bodies = []
    for line in (3, 4, 5):
        divided = operate(Primitive("floor_divide"), number(line), number(0))
        lines.mark(divided, line)
        bodies.append(compose(divided, Primitive("cap")))
    lines.mark(sequence(*bodies), 2)
    source = counter_source(extra=(replace(method("divide", sequence(*bodies), INT), line=1),))
    program = assemble(replace(source, lines=lines))
    code = verify(program).methods["divide"].code
    found = line_map(program)
    operations = [
        found.line_of("method divide", index)
        for index, opcode in enumerate(code.opcodes)
        if opcode >= 64  # the primitives: a division and a check of its size, three times
    ]
    assert operations == [3, 2, 4, 2, 5, 2]
    assert found.line_of("method divide", 0) == 1
