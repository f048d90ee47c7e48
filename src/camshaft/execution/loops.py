"""Loops of verified code, as those of Python: over lists, maps and ranges, and as long as a condition holds."""

from __future__ import annotations

from camshaft.execution import operations
from camshaft.execution.bounds import Bounds, range_bounds
from camshaft.execution.control import ControlFlow
from camshaft.execution.statements import FOREVER_HEAD, Body, Branch, Line, Loop
from camshaft.execution.symbols import NOWHERE, UNIT_ATOM, Atom, Lazy, Pack, Symbol, roots, text_of
from camshaft.values.types import List, Map, Record, tuple_of


class Loops(ControlFlow):
    """The constructs whose body may run more than once. Each is charged when it begins."""

    def _each(self, at: int, end: int) -> None:
        self._loop(at, end, None)

    def _map(self, at: int, end: int) -> None:
        self._loop(at, end, self._name("r"))

    def _while(self, at: int, end: int) -> None:
        self._protect_from(at, end)
        environment = self._register
        rebound = self._written(at, end)[0]
        self._facts.forget(rebound)
        known = self._facts.state()
        cost = self._code.steps[at][1]
        do = self._ends[at][0]
        body: Body = []
        self._loops += 1
        outer, self._out = self._out, body
        self._charge(str(cost))
        self._out = outer
        # Each round begins with the environment: what is in there is still around, whatever a round does with it.
        self._stack.append(environment)
        if self._inside(body, at + 1, do, environment):
            condition = self._text_into(body, self._register)
            body.append(Branch([(f"not ({condition})", [Line("break")])]))
            self._inside(body, do + 1, end, environment)
        self._stack.pop()
        self._loops -= 1
        self._facts.meet([known])
        self._out.append(Loop(FOREVER_HEAD, body))
        self._after_loop()
        self._register = UNIT_ATOM

    def _loop(self, at: int, end: int, result: str | None) -> None:
        environment, items = self._pair(self._register)
        cost = self._code.steps[at][1][1]
        if isinstance(items, Lazy) and items.kind == "range":
            size = source = Atom(operations.range_text(*(operand.text for operand in items.operands)), items.type)
        elif isinstance(items, Lazy):
            size = items.operands[0]
            source = Atom(
                {"items": "{}.items()", "keys": "{}", "values": "{}.values()"}[items.kind].format(size.text), items.type
            )
        else:
            size = source = self._atom(items)
        keyed = isinstance(items.type, Map)
        rebound, mutated = self._written(at, end)
        self._facts.forget(rebound)
        known = self._facts.state()
        if isinstance(items, Lazy) and items.kind == "range":
            self._charge_rounds(items, cost)
        else:
            self._charge(f"len({size.text})", cost)
        borrowed = roots(items)
        if borrowed & mutated:
            source = self._assign(self._copied(items) if not isinstance(items, Lazy) else self._text(items), items.type)
            borrowed = NOWHERE
        if keyed:
            source = Atom(f"{source.text}.items()", items.type)
        self._stack.append(environment)
        self._protect(rebound, mutated)
        # It stays there, since each round begins with it: what is in it is still around, whatever a round does with it.
        environment = self._stack[-1]
        head, element = self._element(items, source, borrowed)
        body: Body = []
        self._loops += 1
        iterated, self._iterated = self._iterated, self._iterated | borrowed
        if result is not None:
            self._out.append(Line(f"{result} = {'{}' if keyed else '[]'}"))
        if (
            self._inside(body, at + 1, end, Pack(tuple_of(environment.type, element.type), (environment, element)))
            and result is not None
        ):
            outer, self._out = self._out, body
            self._at = end - 1
            value = self._owned(self._register)
            if keyed:
                assert isinstance(element, Pack)
                self._out.append(Line(f"{result}[{text_of(element.parts[0])}] = {value}"))
            else:
                self._out.append(Line(f"{result}.append({value})"))
            self._out = outer
        self._stack.pop()
        self._loops -= 1
        self._iterated = iterated
        self._facts.meet([known])
        self._out.append(Loop(head, body))
        self._after_loop()
        type_ = self._code.registers[end]
        self._register = UNIT_ATOM if result is None else Atom(result, type_, fresh=True)

    def _charge_rounds(self, items: Lazy, cost: int) -> None:
        """Charge a loop over a range, together with the range itself where it was made just before."""
        charge = self._range_charge
        if charge is not None and self._out and self._out[-1] is charge and not charge.of_range:
            charge.of_range = charge.each
            charge.each += cost
            return
        count, may_be_negative = operations.range_length(*(operand.text for operand in items.operands))
        self._charge(count, cost, may_be_negative=may_be_negative)

    def _element(self, items: Symbol, source: Atom, borrowed: frozenset[str]) -> tuple[str, Symbol]:
        assert isinstance(items.type, List | Map)
        element = items.type.element if isinstance(items.type, List) else tuple_of(items.type.key, items.type.value)
        if isinstance(items.type, Map) or (isinstance(items, Lazy) and items.kind == "items"):
            assert isinstance(element, Record)
            names = [self._name("e"), self._name("e")]
            parts = tuple(
                Atom(name, child, NOWHERE, borrowed if child.is_mutable else NOWHERE)
                for name, (_, child) in zip(names, element.fields, strict=True)
            )
            return f"for {names[0]}, {names[1]} in {source.text}", Pack(element, parts)
        name = self._name("e")
        bounds = None
        if isinstance(items, Lazy) and items.kind == "range":
            bounds = self._range_bounds(items.operands)
        held = borrowed if element.is_mutable else NOWHERE
        return f"for {name} in {source.text}", Atom(name, element, NOWHERE, held, bounds=bounds)

    def _range_bounds(self, operands: tuple[Atom, ...]) -> Bounds:
        known = self._known
        return known.assumed.rounded(range_bounds(*(known.absolute(self._bounds(each)) for each in operands)))
