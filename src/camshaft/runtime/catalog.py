"""The programs that a node knows, and what is worked out about each of them once.

A program that is in the catalog is never verified again, and none is ever taken out: an instance, a journal or a
client may refer to it by its id.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from weakref import finalize, ref

from camshaft.bytecode.encoding import decode_program, program_id
from camshaft.bytecode.program import Method, MethodKind
from camshaft.bytecode.verifier import Verified, verify
from camshaft.errors import Refused, Rejected, Trap
from camshaft.execution.compiled_method import Runner
from camshaft.execution.compiler import Compiled, attributes
from camshaft.execution.keyed import KeyedFields
from camshaft.runtime.outcomes import NOTHING, Returned
from camshaft.values.codec import from_raw
from camshaft.values.types import BOOL, INT, STR, UNIT, Record, Type

_MAX_CANDIDATES: Final = 16
"""How many verified programs are kept that no entry has brought in yet: plans are free to ask for."""
_BRIEF: Final = 1_000
"""Units of fuel that take a few microseconds."""


class Prepared:
    """A method of a program, with all that a call of it needs."""

    __slots__ = (
        "_loaded",
        "_plain",
        "asks_occasion",
        "domain",
        "interface",
        "is_brief",
        "is_query",
        "method",
        "name",
        "result",
        "returns_nothing",
        "run",
    )

    def __init__(self, loaded: Loaded, method: Method, compiled: Compiled) -> None:
        self._loaded = ref(loaded)  # a cycle would be left to the collector, which a node does without
        self.run: Runner = compiled.runner(method.name)
        """Takes arguments, a cell and an amount of fuel: a step of it that needs no occasion."""
        self.method = method
        self.name = method.name
        self.interface = loaded.id
        self.is_query = method.kind is MethodKind.QUERY
        self.asks_occasion = loaded.verified.methods[method.name].code.effects.asks_occasion
        """Whether a step of it needs an occasion: `Loaded.run_on` instead of `run`."""
        function = compiled.methods.get(method.name)
        self.is_brief = function is not None and not function.takes_fuel and function.cost <= _BRIEF
        """Whether a step of it takes little fuel, whatever it is given."""
        self.domain: Record = method.domain
        self.result: Type = method.result
        self.returns_nothing = method.result is UNIT
        plain: dict[Type, type] = {BOOL: bool, INT: int, STR: str}
        kinds = tuple(plain.get(parameter.type) for parameter in method.parameters)
        self._plain = None if None in kinds else kinds

    @property
    def loaded(self) -> Loaded:
        """The program, which has to be kept by whoever uses its methods."""
        loaded = self._loaded()
        assert loaded is not None, f"{self.name} of a program that nobody keeps"
        return loaded

    def arguments_of(self, raw: list[Any]) -> tuple[Any, ...]:
        """The arguments of an input that was read from a journal, as a value of the domain.

        Raises `Rejected` where they are none.
        """
        # Most methods take a few scalars, which the bytes say as they are; replay is bound by this path.
        if tuple(map(type, raw)) == self._plain:
            return tuple(raw)
        arguments: tuple[Any, ...] = from_raw(self.domain, raw)
        return arguments

    def returned(self, result: Any) -> Returned:
        """The outcome of a call that ran to its end."""
        return NOTHING if self.returns_nothing else Returned(self.result, result)


class Loaded:
    """A verified program, ready to run."""

    __slots__ = (
        "__weakref__",
        "_attributes",
        "data",
        "id",
        "initial",
        "invariants",
        "keyed",
        "make_cell",
        "methods",
        "misfits",
        "name",
        "origin",
        "public",
        "run",
        "run_on",
        "state_of",
        "untold",
        "verified",
    )

    def __init__(
        self, data: bytes, verified: Verified, interface: str | None = None, compiled: Compiled | None = None
    ) -> None:
        """`interface`: the id of the program whose interface it has, where that is another one. `compiled`: where that
        was done beforehand.

        Raises `Rejected` where the program's initial state cannot be computed.
        """
        program = verified.program
        compiled = Compiled(verified) if compiled is None else compiled
        self.data = data
        self.verified = verified
        self.id = verified.id if interface is None else interface
        self.name = program.name
        self.origin = program.origin
        self.invariants = program.invariants
        self.make_cell = compiled.cell
        self.state_of = compiled.state_of
        self._attributes = attributes(program.state)
        self.keyed = KeyedFields(compiled, len(self._attributes)).of
        self.run = compiled.run
        self.run_on = compiled.run_on
        self.methods = {method.name: Prepared(self, method, compiled) for method in program.methods}
        hidden = program.hidden
        self.public = {name: found for name, found in self.methods.items() if name not in hidden}
        """The methods of the interface: what is hidden, only adapters call."""
        finalize(self, compiled.let_go).atexit = False
        self.untold: Mapping[str, str] = {}
        """The refusals that its callers know nothing of, with the names that they have elsewhere; see `facades`."""
        self.misfits: dict[tuple[str, str], str | None] = {}
        """Why inputs for another program do not fit this one, by (program id, method); see `interfaces`."""
        try:
            self.initial: Any = compiled.initial_state()
        except (Refused, Trap) as error:
            raise Rejected(f"the initial state of {program.name} cannot be computed: {describe(error)}") from error

    @property
    def state_type(self) -> Type:
        """The type of the state of every instance of this program."""
        return self.verified.program.state

    def get_field(self, cell: Any, field: int) -> Any:
        """What a cell holds for a field of the state."""
        return getattr(cell, self._attributes[field])

    def set_field(self, cell: Any, field: int, value: Any) -> None:
        """Let a cell hold a value for a field: it becomes the cell's own."""
        setattr(cell, self._attributes[field], value)

    def is_named_by(self, expected: str) -> bool:
        """Whether an expected version, a program id or an origin, means this program."""
        return expected != "" and expected in (self.id, self.origin)


class Catalog:
    """Programs by their ids. `load` is the only way in; `keep` says that an entry brought a program in."""

    __slots__ = ("_candidates", "_kept", "programs")

    def __init__(self) -> None:
        self.programs: dict[str, Loaded] = {}
        self._kept: dict[bytes, Loaded] = {}
        """The programs by the hash of the bytes that each was brought in with: these need not even be decoded."""
        self._candidates: OrderedDict[bytes, Loaded] = OrderedDict()

    def load(self, data: bytes) -> Loaded:
        """The program of these bytes, verified unless it has been already.

        Raises `Rejected` where it is malformed or ill-typed.
        """
        digest = hashlib.sha256(data).digest()
        found = self._kept.get(digest) or self._candidates.get(digest)
        if found is None:
            program = decode_program(data)
            found = self.programs.get(program_id(program))
            # The notes are not part of the id: the same code with other notes is the program that is here.
            if found is None:
                found = Loaded(data, verify(program))
            self._add_candidate(digest, found)
        return found

    def loading(self, data: bytes) -> Iterator[None]:
        """Do what `load` does in steps of a few milliseconds: after the last one, it finds the program.

        Raises `Rejected` as `load` does.
        """
        digest = hashlib.sha256(data).digest()
        if digest in self._kept or digest in self._candidates:
            return
        program = decode_program(data)
        if program_id(program) in self.programs:
            return
        yield
        verified = verify(program)
        yield
        compiled = Compiled(verified, at_once=False)
        try:
            while compiled.advance():
                yield
        except GeneratorExit:
            compiled.let_go()  # whoever asked for it has left
            raise
        self._add_candidate(digest, Loaded(data, verified, compiled=compiled))

    def _add_candidate(self, digest: bytes, loaded: Loaded) -> None:
        self._candidates[digest] = loaded
        if len(self._candidates) > _MAX_CANDIDATES:
            self._candidates.popitem(last=False)

    def keep(self, loaded: Loaded) -> Loaded:
        """The program of the catalog with this id, which is the one given where there was none."""
        kept = self.programs.setdefault(loaded.id, loaded)
        self._kept[hashlib.sha256(kept.data).digest()] = kept
        return kept

    def only(self, ids: Iterable[str]) -> Catalog:
        """A catalog that knows these programs of this one, and no others yet."""
        catalog = Catalog()
        catalog._candidates = self._candidates  # what was verified is so for both, known or not
        for id_ in ids:
            catalog.keep(self.programs[id_])
        return catalog


def describe(error: Refused | Trap) -> str:
    """A refusal or a trap, in a few words for people."""
    if isinstance(error, Refused):
        return f"refused with {error.name}"
    return f"{error.kind}: {error}"
