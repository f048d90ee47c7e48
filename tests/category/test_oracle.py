"""The oracle: a term means what its bytecode does, and bytecode has the type and the effects of its term."""

from __future__ import annotations

from collections import Counter
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft.bytecode.encoding import decode_program, encode_program
from camshaft.bytecode.verifier import Verified, verify
from camshaft.category import terms as t
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.category.meaning import FunctionMeaning, Typed, meaning
from camshaft.category.typing import Context, Signature, infer
from camshaft.errors import OutOfFuel, Refused, Trap
from camshaft.execution.interpreter import Interpreter
from camshaft.values.codec import encode, encode_raw
from camshaft.values.conformance import conforms
from generators.occasions import occasion
from generators.terms import REFUSALS, constructors, imperative_programs, programs
from generators.types import values


def outcome_of_meaning(source: ProgramSource, method: int, arguments: Any, state: Any) -> Any:
    chosen = source.methods[method]
    functions = {f.name: FunctionMeaning(f.domain, f.codomain, f.body) for f in source.functions}
    domain = assemble(source).methods[method].domain
    given_, slots, around = Typed(domain, arguments), (Typed(source.state, state),), occasion()
    try:
        result, (after, *_) = meaning(chosen.body, given_, slots, functions, around)
    except Refused as refused:
        return ("refused", refused.name, encode(REFUSALS[refused.name], refused.payload))
    except Trap as trap:
        return ("trap", trap.kind)
    return ("returned", encode(result.type, result.value), encode(after.type, after.value), around.draws.count)


def outcome_of_bytecode(verified: Verified, method: int, arguments: Any, state: Any) -> Any:
    chosen, around = verified.program.methods[method], occasion()
    try:
        result, after = Interpreter(verified).step(chosen.name, arguments, state, occasion=around)
    except Refused as refused:
        return ("refused", refused.name, encode(REFUSALS[refused.name], refused.payload))
    except OutOfFuel:
        return ("out of fuel",)
    except Trap as trap:
        return ("trap", trap.kind)
    return ("returned", encode(chosen.result, result), encode(verified.program.state, after), around.draws.count)


@given(programs(), st.data())
@settings(max_examples=3 * settings().max_examples)
def test_bytecode_does_what_its_term_means(source: ProgramSource, data: st.DataObject) -> None:
    verified = verify(decode_program(encode_program(assemble(source))))
    for index, method in enumerate(verified.program.methods):
        arguments = data.draw(values(method.domain))
        state = data.draw(values(source.state))
        before = encode_raw(state), encode_raw(arguments)
        did = outcome_of_bytecode(verified, index, arguments, state)
        assert (encode_raw(state), encode_raw(arguments)) == before, (
            "a step changed the state or the arguments it was given"
        )
        if did != ("out of fuel",):
            assert did == outcome_of_meaning(source, index, arguments, state)


@given(programs())
def test_the_verifier_finds_the_types_and_effects_that_typing_finds(source: ProgramSource) -> None:
    program = assemble(source)
    verified = verify(program)
    signatures: dict[str, Signature] = {}
    for function, code in zip(source.functions, verified.functions, strict=True):
        codomain, effects = infer(function.body, function.domain, Context((source.state,), dict(signatures)))
        assert (code.codomain, code.effects) == (codomain, effects)
        signatures[function.name] = Signature(function.domain, function.codomain, effects)
    for method, term in zip(program.methods, source.methods, strict=True):
        codomain, effects = infer(term.body, method.domain, Context((source.state,), signatures))
        code = verified.methods[method.name].code
        assert (code.codomain, code.effects) == (codomain, effects)


@given(programs(), st.data())
def test_a_result_and_a_state_are_of_their_types(source: ProgramSource, data: st.DataObject) -> None:
    verified = verify(assemble(source))
    for method in verified.program.methods:
        arguments, state = data.draw(values(method.domain)), data.draw(values(source.state))
        try:
            result, after = Interpreter(verified).step(method.name, arguments, state, occasion=occasion())
        except (Refused, Trap):
            continue
        assert conforms(method.result, result)
        assert conforms(source.state, after)


@given(programs())
def test_a_program_is_the_same_after_encoding_and_decoding(source: ProgramSource) -> None:
    program = assemble(source)
    decoded = decode_program(encode_program(program))
    assert encode_program(decoded) == encode_program(program)
    assert verify(decoded).id == verify(program).id


def test_generated_programs_use_every_constructor() -> None:
    seen: Counter[str] = Counter()

    @given(programs() | imperative_programs())
    @settings(max_examples=100, database=None, derandomize=False)
    def collect(source: ProgramSource) -> None:
        for body in [function.body for function in source.functions] + [method.body for method in source.methods]:
            seen.update(constructors(body))

    # The rarest is in one program of fifty: as many rounds as it takes, and an end to them.
    expected = {constructor.__name__ for constructor in get_args(t.Term)}
    for _ in range(12):
        collect()
        if expected <= set(seen):
            break
    assert expected - set(seen) == set()
