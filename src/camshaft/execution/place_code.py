"""Reading and writing at places, as Python: fields are local variables, containers are changed in place."""

from __future__ import annotations

from dataclasses import replace

from camshaft.bytecode.effects import STATE_SLOT
from camshaft.bytecode.places import ResolvedPlace
from camshaft.execution.bounds import Bounds
from camshaft.execution.loops import Loops
from camshaft.execution.ownership import is_local
from camshaft.execution.statements import Cap, Line, Write
from camshaft.execution.symbols import (
    NOWHERE,
    UNIT_ATOM,
    Atom,
    Pack,
    Symbol,
)
from camshaft.values.types import INT, List, Map, Record, Type


class Writes(Loops):
    """The instructions that have a place."""

    def _get(self, _at: int, place: ResolvedPlace) -> None:
        keys = self._operands(len(place.keys))
        if self._is_whole_state(place):
            self.summary.reads |= set(range(len(self._fields)))
            parts = tuple(self._variable(f"f{index}", child) for index, child in enumerate(self._fields))
            assert isinstance(place.type, Record)
            self._register = Pack(place.type, parts) if parts else UNIT_ATOM
            return
        variable, root, path = self._root(place)
        self._touch(variable, self.summary.reads)
        text, fails, type_ = self._way(variable, root, path, keys)
        held = frozenset({variable}) if type_.is_mutable else NOWHERE
        if fails:
            self._register = self._assign(text, type_, fails=True, held=held)
        else:
            is_counter = type_ is INT and place.slot != STATE_SLOT and not path
            bounds = Bounds(0, 0, self._slots[place.slot - 1][2]) if is_counter else None
            self._register = Atom(text, type_, frozenset({variable}), held, bounds=bounds)

    def _put(self, _at: int, place: ResolvedPlace) -> None:
        value, *keys = self._operands(len(place.keys) + 1)
        self._register = UNIT_ATOM
        if self._is_whole_state(place):
            self._put_state(value)
            return
        variable, root, path = self._root(place)
        self._touch(variable, self.summary.reads)
        if None not in path:
            self._protect(frozenset({variable}), NOWHERE)
            self._touch(variable, self.summary.rebinds)
            if place.slot != STATE_SLOT and not path:
                self._set_local(place.slot - 1, value)
                return
            self._out.append(Line(f"{variable} = {self._rebuilt(variable, root, path, value)}"))
            if path:
                self._facts.forget((variable,))
            else:
                self._learn(variable, value)
            return
        container, inner, key, rest = self._container(variable, root, path, keys)
        if isinstance(inner, Map):
            self._kept_ordinary(keys[-1])
        # The value first becomes text, since what it is read from may be what changes.
        stored = self._stored(container, inner, key, rest, value)
        old = f"{container}.get({key}, GONE)" if isinstance(inner, Map) else f"{container}[{key}]"
        self._write(
            variable,
            container,
            f"{container}[{key}] = {stored}",
            f"(SET, {container}, {key}, {old})",
            fails=isinstance(inner, List),
        )

    def _write(self, variable: str, container: str, text: str, undo: str, *, fails: bool = False) -> None:
        """Change a container, which is in a variable, in place."""
        self._protect(NOWHERE, frozenset({variable}))
        self.summary.python_errors |= fails
        if is_local(variable):
            # The containers of a local variable are its own, and gone when the step fails.
            self._out.append(Line(text, fails))
            return
        self._touch(variable, self.summary.mutates)
        self.summary.undo = True
        self._out.append(Write(container, text, undo, fails))

    def _set_local(self, index: int, value: Symbol) -> None:
        """Set a local slot as a whole."""
        variable, type_, slot = self._slots[index]
        if type_ is INT:
            text = self._text(value)
            self.puts.setdefault(slot, []).append(self._bounds(value))
        else:
            text = self._owned(value)
        self._learn(variable, value)
        check = self._out[-1] if self._out and isinstance(self._out[-1], Cap) else None
        if check is None or check.names[-1] != text:
            self._out.append(Line(f"{variable} = {text}"))
            return
        # A step that fails forgets its local variables: checking the variable saves a name for what it is set to.
        self._out[-1] = Line(f"{variable} = {text}")
        self._out.append(replace(check, names=(*check.names[:-1], variable)))

    def _stored(self, container: str, inner: Type, key: str, rest: tuple[int | None, ...], value: Symbol) -> str:
        if rest:
            element = inner.element if isinstance(inner, List) else inner.value  # type: ignore[union-attr]  # a map
            old = self._assign(f"{container}[{key}]", element, fails=True)
            return self._rebuilt(old.text, element, rest, value)
        return self._owned(value)

    def _put_state(self, value: Symbol) -> None:
        every = frozenset(f"f{index}" for index in range(len(self._fields)))
        self.summary.reads |= set(range(len(self._fields)))
        self.summary.rebinds |= set(range(len(self._fields)))
        texts = self._owned_parts([self._part(value, index) for index in range(len(self._fields))])
        self._protect(every, NOWHERE)
        self._facts.forget(every)
        if texts:
            self._out.append(Line(f"{', '.join(sorted(every, key=lambda name: int(name[1:])))} = {', '.join(texts)}"))

    def _delete(self, _at: int, place: ResolvedPlace) -> None:
        keys = self._operands(len(place.keys))
        self._register = UNIT_ATOM
        variable, root, path = self._root(place)
        self._touch(variable, self.summary.reads)
        container, inner, key, _ = self._container(variable, root, path, keys)
        if isinstance(inner, Map):
            # Putting the key back would move it to the end of the map, and order is part of the value.
            undo = f"(RESTORE, {container}, {container}[{key}], {container}.copy())"
        else:
            undo = f"(INSERT, {container}, {key} % (len({container}) or 1), {container}[{key}])"
        self._write(variable, container, f"del {container}[{key}]", undo, fails=True)

    def _append(self, _at: int, place: ResolvedPlace) -> None:
        value, *keys = self._operands(len(place.keys) + 1)
        self._register = UNIT_ATOM
        variable, root, path = self._root(place)
        self._touch(variable, self.summary.reads)
        container, fails, _ = self._way(variable, root, path, keys)
        if fails:
            container = self._assign(container, place.type, fails=True).text
        stored = self._owned(value)
        if not stored.isidentifier():
            stored = self._assign(stored, value.type, fails=False, fresh=True).text
        self._write(variable, container, f"{container}.append({stored})", f"(POP, {container}, None, None)")

    def _way(self, text: str, type_: Type, path: tuple[int | None, ...], keys: list[Symbol]) -> tuple[str, bool, Type]:
        """The expression of what a path leads to, whether it may fail, and its type."""
        waiting = iter(keys)
        fails = False
        for step in path:
            if step is None:
                text, fails = f"{text}[{self._text(next(waiting))}]", True
                type_ = type_.element if isinstance(type_, List) else type_.value  # type: ignore[union-attr]  # a map
            else:
                assert isinstance(type_, Record)
                text, type_ = f"{text}[{step}]", type_.fields[step][1]
        return text, fails, type_

    def _container(
        self, variable: str, root: Type, path: tuple[int | None, ...], keys: list[Symbol]
    ) -> tuple[str, Type, str, tuple[int | None, ...]]:
        """The last container on a path, its type, the key into it, and the fixed way on from there."""
        last = len(path) - 1 - path[::-1].index(None)
        *before, key = keys
        text, fails, type_ = self._way(variable, root, path[:last], before)
        if fails:
            text = self._assign(text, type_, fails=True).text
        return text, type_, self._named(key).text, path[last + 1 :]

    def _rebuilt(self, text: str, type_: Type, path: tuple[int | None, ...], value: Symbol) -> str:
        """The expression of a record with a value at a path of fields."""
        if not path:
            return self._owned(value)
        assert isinstance(type_, Record)
        assert path[0] is not None
        parts = [
            self._rebuilt(f"{text}[{index}]", child, path[1:], value) if index == path[0] else f"{text}[{index}]"
            for index, (_, child) in enumerate(type_.fields)
        ]
        return f"({', '.join(parts)},)"
