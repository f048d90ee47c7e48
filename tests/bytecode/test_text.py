"""The text form: every program is the same after it was written and read, pools in their order included."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.instructions import MNEMONICS
from camshaft.bytecode.program import (
    ConstantValue,
    Function,
    Method,
    MethodKind,
    Parameter,
    Place,
    Pools,
    Program,
    Refusal,
)
from camshaft.bytecode.text import assemble_text, disassemble
from camshaft.bytecode.text_parser import RAW_CODE
from camshaft.bytecode.verifier import verify
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.errors import Rejected
from camshaft.language.compile import compile_machine
from camshaft.values.type_trees import MAX_TYPE_DEPTH
from camshaft.values.types import (
    INT,
    STR,
    UNIT,
    List,
    Map,
    Record,
    Type,
    Variant,
    tuple_of,
)
from generators.lined import Lined
from generators.machines import counter, counter_v2
from generators.terms import imperative_programs, programs
from generators.types import texts, types, values

names = texts | st.sampled_from(("a", "a b", '"', "\\", "\n", ";", "#0", "self", "\u2028", "\u0000", "é", "😀", "007"))


def assert_round_trip(program: Program) -> None:
    text = disassemble(program)
    again = assemble_text(text)
    assert again == replace(program, notes={}), text
    assert encode_program(again) == encode_program(replace(program, notes={}))
    # What notes tell stands in comments, and is gone with them.
    bare = re.sub(r"  ; line \d+$", "", text, flags=re.MULTILINE).splitlines()
    assert disassemble(again).splitlines() == [line for line in bare if not line.startswith(("; not shown", "; from"))]


@given(programs() | imperative_programs())
def test_a_program_is_the_same_after_text(source: ProgramSource) -> None:
    assert_round_trip(assemble(source))


@st.composite
def arbitrary_programs(draw: st.DrawFn) -> Program:
    """Programs that need not verify: any code, any names, pools with what is used never or there twice."""
    code = st.lists(st.integers(0, 260) | st.sampled_from([2**63, 999]), max_size=12).map(tuple)
    constants: st.SearchStrategy[ConstantValue] = types().flatmap(
        lambda type_: values(type_).map(lambda value: ConstantValue(type_, value))
    )
    steps = st.lists(st.none() | names, max_size=3).map(tuple)
    records: st.SearchStrategy[Record] = st.dictionaries(names, types(), max_size=3).map(lambda f: Record(f.items()))
    variants: st.SearchStrategy[Type] = st.dictionaries(names, types(), max_size=3).map(lambda c: Variant(c.items()))
    any_type = types() | records | variants

    def few(each: st.SearchStrategy[Any]) -> Any:
        return tuple(draw(st.lists(each, max_size=3)))

    def parameter() -> Parameter:
        type_ = draw(types())
        default = draw(st.none() | values(type_).map(lambda value: ConstantValue(type_, value)))
        return Parameter(draw(names), type_, default)

    pools = Pools(
        few(any_type),
        few(names),
        few(st.lists(names, max_size=3).map(tuple)),
        few(constants),
        few(st.builds(Place, st.integers(0, 3), steps)),
        few(st.builds(Refusal, names, records)),
    )
    if draw(st.booleans()):
        pools = replace(pools, labels=pools.labels * 2, constants=pools.constants * 2, places=pools.places * 2)
    methods = tuple(
        Method(
            draw(names),
            draw(st.sampled_from(MethodKind)),
            tuple(parameter() for _ in range(draw(st.integers(0, 2)))),
            draw(any_type),
            few(names),
            draw(code),
        )
        for _ in range(draw(st.integers(0, 2)))
    )
    functions = few(st.builds(Function, names, any_type, any_type, code))
    invariants, hidden = draw(st.lists(names, max_size=2).map(tuple)), draw(st.lists(names, max_size=2).map(tuple))
    return Program(draw(names), draw(any_type), draw(code), functions, methods, pools, {}, invariants, hidden)


@given(arbitrary_programs())
def test_a_program_that_does_not_verify_is_the_same_after_text(program: Program) -> None:
    assert_round_trip(program)


def test_notes_are_left_out_and_the_id_stays() -> None:
    program = replace(counter(), notes={"origin": "abc", "a\nb": 1})
    again = assemble_text(disassemble(program))
    assert again.notes == {}
    assert program_id(again) == program_id(program)


def test_lines_stand_in_comments_and_the_round_trip_stays_exact() -> None:
    program = compile_machine(Lined).program
    text = disassemble(program)
    assert_round_trip(program)
    assert "; from lined.py\n" in text
    code = text.partition("query divide")[2].partition("query look")[0]
    assert re.findall(r"FLOOR_DIVIDE  ; line (\d+)", code) == [str(Lined.divide.__code__.co_firstlineno + 3)]
    assert re.findall(r"MODULO  ; line (\d+)", code) == [str(Lined.divide.__code__.co_firstlineno + 6)]


def test_text_that_a_person_writes_fills_the_pools_by_itself() -> None:
    text = """
    camshaft 1 machine counter
    state {count: Int}   ; line breaks are spaces
    command incr() -> () PUSH GET self.count SWAP CONST 1 ADD CAP PUT self.count
    command add(n: Int) -> () PUSH GET self.count SWAP FIELD n ADD CAP PUT self.count
    query value() -> Int GET self.count
    initial CONST 0 CONS {count}
    """
    program = assemble_text(text)
    assert verify(program)
    assert program.pools.labels == ("n",)
    assert [constant.value for constant in program.pools.constants] == [1, 0]
    assert len(program.pools.places) == 1


def test_long_operands_are_declared_once_and_long_types_get_a_name() -> None:
    wide = Record((f"field{index}", INT) for index in range(100))
    program = replace(counter(), state=wide, pools=replace(counter().pools, types=(wide, List(wide))))
    text = disassemble(program)
    assert text.count("field77:") == 1
    assert_round_trip(program)


def test_a_type_that_doubles_at_each_level_has_a_text_linear_in_its_levels() -> None:
    type_: Type = Record((("something", INT), ("something else", STR)))
    for _ in range(11):
        type_ = tuple_of(type_, type_)
    program = replace(counter_v2(), state=type_)
    assert len(disassemble(program)) < 2_000
    assert_round_trip(program)


HEAD = "camshaft 1\nmachine m\nstate ()\n"
MALFORMED = {
    "nothing": ("", "line 1, column 1: expected `camshaft`"),
    "a newer format": ("camshaft 2", "line 1, column 10: this Camshaft reads format version 1"),
    "no machine": ("camshaft 1\nstate ()\ninitial", "line 3, column 8: expected `machine`"),
    "no initial state": (HEAD, "line 4, column 1: expected `initial`"),
    "a state twice": (HEAD + "state ()", "line 4, column 1: there is a `state` already"),
    "a word that begins nothing": (HEAD + "methods", "column 1: expected an instruction, `machine`.*found `methods`"),
    "an unknown instruction": (HEAD + "initial JUMP 3", "line 4, column 9: expected an instruction, which this is not"),
    "an unknown type": ("camshaft 1\nstate Integer", "line 2, column 7: expected a type: .*found `Integer`"),
    "a type of one element without its comma": ("camshaft 1\nstate (Int)", "one of one element is written"),
    "a label twice": ("camshaft 1\nstate {a: Int, a: Str}", "line 2, column 16: the label a is there twice"),
    "a case twice": ("camshaft 1\nstate <a | a>", "the label a is there twice"),
    "a name of a type before its let": ("camshaft 1\nstate $x", "line 2, column 7: the name \\$x stands for no type"),
    "a name of a type twice": ("camshaft 1\nlet $x = Int\nlet $x = Int", "line 3, column 6: .* already"),
    "a record left open": ("camshaft 1\nstate {a: Int", "column 14: expected `,` or `}`; found the end of the text"),
    "text left open": ('camshaft 1\nmachine "m', "line 2, column 9: a text in quotes does not end"),
    "an unknown escape": ('camshaft 1\nmachine "\\x"', "line 2, column 9: malformed text in quotes"),
    "half of a surrogate pair": ('camshaft 1\nmachine "\\ud800"', "surrogate"),
    "a character without a meaning": ("camshaft 1\n  é", "line 2, column 3: the character \"é\" has no meaning here"),
    "a number with a tail": ("camshaft 1\nmachine 12ab", "line 2, column 9: expected a number"),
    "a pool that there is none of": (HEAD + "pool functions f", "expected a pool: type, label"),
    "a constant without a type": (HEAD + "initial CONST [1]", "expected `:` and the type of the value"),
    "a constant of another type": (HEAD + "initial CONST 1: Str", "column 15: the value is not one of its type"),
    "a constant of a map with lists for keys": (HEAD + "initial CONST []: Map[List[Int], Int]", "keys cannot be"),
    "a member twice": (HEAD + 'initial CONST {"a": 1, "a": 2}: {a: Int}', 'the member a is there twice'),
    "an integer beyond any": (HEAD + f"initial CONST {'9' * 2000}", "2000 digits is too large"),
    "an integer beyond the cap": (HEAD + f"initial CONST {2**4096}", "4097 bits"),
    "a place that begins nowhere": (HEAD + "initial GET state.count", "expected a place"),
    "a key within a place": (HEAD + "initial GET self[0]", "expected `]`: keys are operands"),
    "a refusal that is not declared": (HEAD + "initial REFUSE Sorry", "column 16: there is no refusal Sorry"),
    "a function that does not exist": (HEAD + "initial CALL f", "column 14: there is no function f"),
    "a refusal of no record": (HEAD + "refusal Sorry Int", "the payload of a refusal is a record"),
    "an index beyond 64 bits": (HEAD + f"initial CALL #{2**64}", "at most 64 bits"),
    "a negative count": (HEAD + "initial ACC -1", "a number from 0 on"),
    "a method without its arrow": (HEAD + "query q()", "expected `->` and the type of the result"),
    "a default of another type": (HEAD + "query q(n: Int = null) -> ()", "line 4, column 18: the value is not one"),
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_text_is_rejected_where_it_stands(case: str) -> None:
    text, reason = MALFORMED[case]
    with pytest.raises(Rejected, match=reason):
        assemble_text(text)


@given(programs(size=1), st.data())
def test_mutated_text_is_rejected_or_a_program(source: ProgramSource, data: st.DataObject) -> None:
    text = disassemble(assemble(source))
    at = data.draw(st.integers(0, len(text)))
    inserted = data.draw(st.sampled_from(['"', "[", "<", "{", "#", "-", " ", "\n", "9", "ü", "END", "CODE", "$0", ""]))
    try:
        program = assemble_text(text[:at] + inserted + text[at + data.draw(st.integers(0, 3)) :])
    except Rejected:
        return
    assert_round_trip(program)


@pytest.mark.parametrize("opening", ["List[", "Map[Int, ", "(", "{a: ", "<a ", "(Int, "])
def test_types_that_nest_too_deep_are_rejected_without_recursion(opening: str) -> None:
    with pytest.raises(Rejected, match=f"deeper than {MAX_TYPE_DEPTH}"):
        assemble_text("camshaft 1 state " + opening * 100_000)


def test_values_that_nest_too_deep_are_rejected_without_recursion() -> None:
    for opening in ("[", '{"a":'):
        with pytest.raises(Rejected, match="deeper than any type"):
            assemble_text(HEAD + "initial CONST " + opening * 100_000)


def test_names_of_types_that_double_are_rejected_when_they_are_too_large() -> None:
    lets = "let $0 = (Int, Int)\n" + "".join(f"let ${n + 1} = (${n}, ${n})\n" for n in range(30))
    with pytest.raises(Rejected, match=r"line 1[0-9], column 1[0-9]: a type has 1[0-9]+ nodes"):
        assemble_text("camshaft 1\n" + lets)


def test_a_type_as_deep_as_types_may_be_is_the_same_after_text() -> None:
    type_: Type = INT
    while type_.depth < MAX_TYPE_DEPTH:
        type_ = Map(STR, type_)
    assert_round_trip(replace(counter(), state=type_))


@pytest.mark.parametrize(
    "line",
    ["    PUSH POP\n", '    CONST "text"\n', "    CODE 1 2 3\n", "    CONST [[1], []]: List[List[Int]]\n", "BLOCK "],
)
def test_reading_and_writing_text_takes_linear_time(line: str) -> None:
    def seconds(count: int) -> float:
        text = HEAD + "initial\n" + line * count
        started = time.perf_counter()
        disassemble(assemble_text(text))
        return time.perf_counter() - started

    small, large = min(seconds(300) for _ in range(3)), seconds(3_000)
    assert large < 60 * small, "ten times the text took much more than ten times as long"


def test_no_instruction_is_named_like_what_raw_numbers_are_written_after() -> None:
    assert RAW_CODE not in MNEMONICS
    assert all(mnemonic.isupper() for mnemonic in MNEMONICS)


def test_a_program_with_unit_for_everything_is_the_same_after_text() -> None:
    parameter = Parameter("u", UNIT, ConstantValue(UNIT, ()))
    method = Method("m", MethodKind.QUERY, (parameter,), UNIT, (), (MNEMONICS["FIELD"].opcode, 0))
    pools = Pools(labels=("u",), constants=(ConstantValue(UNIT, ()),))
    assert_round_trip(Program("m", UNIT, (MNEMONICS["CONST"].opcode, 0), (), (method,), pools))
