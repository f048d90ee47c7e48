"""Adapters: code by which a client of an old interface calls the new one, checked, and linked to what runs.

An upgrade's adapters are a program without state. Its first functions are *imports*: they have the names and the types
of the new version's methods, and code that only traps, in whose place linking puts the methods themselves. A function
of type Never that has the name of a refusal of the new version is what becomes of that refusal: it ends the step with
one that the old version has. Its methods are those of the old version that are served by code.

Linking gives a *facade*: an ordinary program with the state of the program that runs and the methods of the old
interface. So an adapted call is one step of one program, which is verified, compiled and charged as any other, and
facades are linked to facades over any number of versions.

Rule: adapters see no state. They have no place that begins in the slot of the state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from camshaft.bytecode.effects import STATE_SLOT
from camshaft.bytecode.instructions import Op
from camshaft.bytecode.interfaces import difference
from camshaft.bytecode.linking import Linker, called
from camshaft.bytecode.program import Code, Function, Method, MethodKind, Pools, Program, function_code, method_code
from camshaft.bytecode.verifier import Verified, verify
from camshaft.errors import Rejected
from camshaft.values.types import NEVER, UNIT

CLASS_NOTE: Final = "class"
"""The note of adapters that holds their author's name for them."""


@dataclass(frozen=True, slots=True)
class AdapterCode:
    """Adapters that were checked against the two versions that they stand between."""

    program: Program
    imports: int
    """How many of its functions, the first ones, stand for methods of the new version."""

    @property
    def handlers(self) -> dict[str, int]:
        """The functions that refusals of the new version become, by the names of these."""
        found = enumerate(self.program.functions)
        return {each.name: at for at, each in found if at >= self.imports and each.codomain is NEVER}

    def reached(self, codes: Collection[Code]) -> set[int]:
        """The functions that code runs, those that these call among them."""
        return reached(self.program.functions, codes)


def reached(functions: Sequence[Function], codes: Collection[Code]) -> set[int]:
    """The functions of a program that code runs, those that these call among them, by their indexes."""
    found: set[int] = set()
    waiting = [index for code in codes for index in called(code)]
    while waiting:
        index = waiting.pop()
        if index not in found:
            found.add(index)
            waiting += called(functions[index].code)
    return found


# ---- checking --------------------------------------------------------------------------------------------------------


def check_adapters(program: Program, imports: int, old: Program, new: Program) -> AdapterCode:
    """The adapters of an upgrade from one version to another, of which nothing is known yet.

    Raises Rejected with what is wrong.
    """
    verify(program)
    if program.state is not UNIT or any(place.slot == STATE_SLOT for place in program.pools.places):
        raise Rejected("adapters see no state: they call the methods of the new version")
    if imports > len(program.functions):
        raise Rejected(f"{imports} imports, of {len(program.functions)} functions")
    code = AdapterCode(program, imports)
    for each in program.functions[:imports]:
        method = new.method(each.name)
        if method is None or each.domain is not method.domain or each.codomain is not method.result:
            raise Rejected(f"they call {each.name}, which the new version has not, or not with these types")
    for method in program.methods:
        served = old.method(method.name)
        if served is None or served.domain is not method.domain or served.result is not method.result:
            raise Rejected(f"{method.name} is no method of the old version, or has other types there")
    for name, index in code.handlers.items():
        refusal, handler = new.refusal(name), program.functions[index]
        if refusal is None or refusal.payload is not handler.domain:
            raise Rejected(f"the new version has no refusal {name}, or one with other fields")
        if any(at < imports for at in code.reached([handler.code])):
            raise Rejected(f"what becomes of the refusal {name} calls a method, and a refusal is told when nothing ran")
    for refusal in program.pools.refusals:
        known = old.refusal(refusal.name)
        if known is None or known.payload is not refusal.payload:
            raise Rejected(f"they refuse with {refusal.name}, which the old version does not know, or has otherwise")
    return code


# ---- linking ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facade:
    """An interface as it is served by a running program."""

    interface: Program
    """The version whose interface it is."""
    verified: Verified
    """The methods that are served, on the state of the program that runs."""
    untold: Mapping[str, str] = field(default_factory=dict)
    """The refusals of the program that clients of the interface know nothing of: their own names by those here."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Why the other methods of the interface are not served."""
    adapted: frozenset[str] = frozenset()
    """The methods that run through adapters; the others are those of the program that runs."""

    @property
    def program(self) -> Program:
        """The program of the methods that are served."""
        return self.verified.program


def own_facade(verified: Verified) -> Facade:
    """A program as it serves its own interface."""
    return Facade(verified.program, verified)


def facade(old: Program, adapters: AdapterCode | None, new: Facade, *, whole: bool = True) -> Facade:
    """An interface, served through the one that came after it.

    `whole`: with the methods that are those of the program that runs, which another facade may go through; without them
    there is less to compile.

    Raises Rejected where it is more than the verifier takes.
    """
    return _Linking(old, adapters or _NO_ADAPTERS, new).linked(whole=whole)


_NO_ADAPTERS: Final = AdapterCode(Program("none", UNIT, (), (), (), Pools()), 0)


class _Linking:
    """One facade while it is linked: first what refusals become, then the program, then the adapters that call it."""

    def __init__(self, old: Program, adapters: AdapterCode, new: Facade) -> None:
        self._old = old
        self._adapters = adapters
        self._new = new
        self._linker = Linker()
        self._own: dict[int, int] = {}
        """The functions of the adapters that were added, and their indexes in the whole."""
        self._inner: dict[int, int] = {}
        """Likewise those of the program behind them,"""
        self._methods: dict[str, int] = {}
        """and its methods, which are functions of the whole."""
        self._untold = dict(new.untold)
        self._missing: dict[str, str] = {}
        self._adapted: set[str] = set()

    def linked(self, *, whole: bool) -> Facade:
        served = {method.name: self._how(method) for method in self._old.methods}
        if not whole:
            served = {name: method if name in self._adapted else None for name, method in served.items()}
        code = self._adapters.program
        handlers = self._adapters.handlers
        self._add_own(self._adapters.reached([code.functions[index].code for index in handlers.values()]))
        self._add_own(handlers.values())
        becomes = {name: self._becomes(name, handlers) for name in self._refusals()}
        self._add_program(served, becomes)
        methods = [self._method(method, served[method.name]) for method in self._old.methods if served[method.name]]
        inner = self._new.program
        initial = self._linker.moved(inner, inner.initial, self._inner.__getitem__)
        functions, pools, notes = tuple(self._linker.functions), self._linker.pools(), self._linker.notes()
        hidden = tuple(name for name in self._old.hidden if served[name])
        program = Program(self._old.name, inner.state, initial, functions, tuple(methods), pools, notes, hidden=hidden)
        verified = verify(program, declared=False)
        return Facade(self._old, verified, self._untold, self._missing, frozenset(self._adapted))

    def _how(self, method: Method) -> Method | None:
        """The method by which one of the old interface is served: an adapter, or the same one; None where it is not."""
        name, served = method.name, self._new.program
        adapter = self._adapters.program.method(name)
        if adapter is not None:
            functions = self._adapters.program.functions
            calls = [functions[at].name for at in self._adapters.reached([adapter.code]) if at < self._adapters.imports]
            lacking = next((called for called in calls if served.method(called) is None), None)
            if lacking is None:
                self._adapted.add(name)
                return adapter
            self._missing[name] = f"its adapter calls {lacking}: {self._new.missing[lacking]}"
            return None
        reason = difference(self._old, self._new.interface, name) or self._new.missing.get(name)
        if reason is not None:
            self._missing[name] = reason
            return None
        if name in self._new.adapted:
            self._adapted.add(name)
        return served.method(name)

    def _refusals(self) -> Iterable[str]:
        return dict.fromkeys(name for method in self._new.program.methods for name in method.refusals)

    def _becomes(self, name: str, handlers: Mapping[str, int]) -> int | str:
        """What a refusal of the program becomes: what a function makes of it, itself, or one that is told to nobody."""
        if name in self._new.untold:
            return name
        if name in handlers:
            return self._own[handlers[name]]
        before, now = self._old.refusal(name), self._new.program.refusal(name)
        assert now is not None
        if before is not None and before.payload is now.payload:
            return name
        number = len(self._untold)
        while (untold := f"untold_{number}") in self._untold or self._old.refusal(untold) is not None:
            number += 1
        self._untold[untold] = name
        return untold

    def _add_program(self, served: Mapping[str, Method | None], becomes: Mapping[str, int | str]) -> None:
        """Add what is used of the program behind the adapters, and all of the adapters that is used."""
        program, linker = self._new.program, self._linker
        own = self._adapters.reached([each.code for each in served.values() if each is not None and self._is_own(each)])
        used = {self._adapters.program.functions[at].name for at in own if at < self._adapters.imports}
        used |= {each.name for each in served.values() if each is not None and not self._is_own(each)}
        methods = [method for method in program.methods if method.name in used]
        for index in sorted(reached(program.functions, [program.initial, *(method.code for method in methods)])):
            function = program.functions[index]
            code = linker.moved(program, function.code, self._inner.__getitem__, becomes)
            self._inner[index] = linker.add(function, code)
            linker.note(program, function_code(function.name), linker.functions[-1].name, function.name)
        for method in methods:
            code = linker.moved(program, method.code, self._inner.__getitem__, becomes)
            self._methods[method.name] = linker.add(Function(method.name, method.domain, method.result, ()), code)
            linker.note(program, method_code(method.name), linker.functions[-1].name, method.name)
        self._add_own(index for index in own if index >= self._adapters.imports)

    def _add_own(self, indexes: Iterable[int]) -> None:
        """Add functions of the adapters, in their order, but those that are there."""
        program = self._adapters.program
        for index in sorted(set(indexes) - self._own.keys()):
            function = program.functions[index]
            self._own[index] = self._linker.add(function, self._linker.moved(program, function.code, self._called))
            self._linker.note(program, function_code(function.name), self._linker.functions[-1].name, function.name)

    def _called(self, index: int) -> int:
        """The function of the whole that a function of the adapters is."""
        if index < self._adapters.imports:
            return self._methods[self._adapters.program.functions[index].name]
        return self._own[index]

    def _method(self, method: Method, served: Method | None) -> Method:
        """A method of the old interface: a call of the function that its code became."""
        assert served is not None
        index = self._methods.get(served.name, -1)
        if self._is_own(served):
            program, linker = self._adapters.program, self._linker
            code = linker.moved(program, served.code, self._called)
            index = linker.add(Function(served.name, method.domain, method.result, ()), code)
            shown = str(program.notes.get(CLASS_NOTE, served.name))
            linker.note(program, method_code(served.name), linker.functions[-1].name, shown)
        return Method(method.name, MethodKind.QUERY, method.parameters, method.result, (), (Op.CALL, index))

    def _is_own(self, method: Method) -> bool:
        return self._adapters.program.method(method.name) is method
