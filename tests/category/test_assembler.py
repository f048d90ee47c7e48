"""The assembler leaves nothing in a program that its code does not use."""

from __future__ import annotations

from hypothesis import given

from camshaft.bytecode.instructions import INSTRUCTIONS, Op, Operand
from camshaft.bytecode.verifier import verify
from camshaft.category import terms as t
from camshaft.category.assembler import MethodSource, ProgramSource, assemble
from camshaft.category.typing import Context, infer
from camshaft.values.check import zero
from camshaft.values.types import INT, NEVER, UNIT, List, Map, Type, tuple_of
from generators.mutations import instructions
from generators.shell_mutations import POOLED
from generators.terms import imperative_programs, programs


def query(domain: Type, result: Type, body: t.Term) -> ProgramSource:
    """A machine without state whose only method takes nothing and runs a term on the zero of a domain."""
    term = t.compose(t.Constant(domain, zero(domain)), body)
    return ProgramSource("m", UNIT, t.Identity(), (), (MethodSource("q", (), result, term),))


@given(programs() | imperative_programs())
def test_every_entry_of_a_pool_is_used(source: ProgramSource) -> None:
    program = assemble(source)
    used: dict[Operand, set[int]] = {kind: set() for kind in POOLED}
    for code in (program.initial, *(f.code for f in program.functions), *(m.code for m in program.methods)):
        for opcode, *operands in instructions(code):
            for kind, index in zip(INSTRUCTIONS[opcode].operands, operands, strict=True):
                if kind in POOLED:
                    used[kind].add(index)
    for kind, name in POOLED.items():
        assert used[kind] == set(range(len(getattr(program.pools, name)))), name


def test_a_tuple_that_an_operation_takes_is_never_made() -> None:
    pair = t.Fork((("0", t.Identity()), ("1", t.Identity())))
    program = assemble(query(INT, INT, t.compose(pair, t.Primitive("multiply"))))
    assert program.pools.shapes == ()
    assert Op.CONS not in [part[0] for part in instructions(program.methods[0].code)]
    kept = assemble(query(INT, tuple_of(INT, INT), pair))
    assert kept.pools.shapes == (("0", "1"),)


def test_a_loop_whose_body_never_ends_is_typed_alike_by_typing_and_verifier() -> None:
    refuse = t.compose(t.Fork(()), t.Refuse("Full", UNIT))
    drop = t.Fork(())
    for items in (List(INT), Map(INT, INT)):
        domain = tuple_of(UNIT, items)
        loop = t.compose(t.MapEach(refuse), drop)
        made, effects = infer(t.MapEach(refuse), domain, Context())
        assert made is (List(NEVER) if isinstance(items, List) else Map(INT, NEVER))
        code = verify(assemble(query(domain, UNIT, loop))).methods["q"].code
        assert (code.codomain, code.effects) == (UNIT, effects)
        assert made in code.registers
    assert infer(t.Each(refuse), tuple_of(UNIT, List(INT)), Context())[0] is UNIT
