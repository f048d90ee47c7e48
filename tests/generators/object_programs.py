"""Machines written at random whose objects change: under names, in loops, stored, replaced and taken away in between.

As in `python_programs`, what the compiler refuses is cut out, statement by statement. What is left has names for
places of the state, for parts of them, for own objects that moved, for entries that may be missing, and changes all of
them by every other way there is.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from generators.python_programs import Statement, StatementWriter


class _Writer(StatementWriter):
    def __init__(self, draw: DrawFn) -> None:
        super().__init__(draw, most=5)
        self._ints = ["n", "m", "p", "self.n"]
        self._lines = ["line", "other", "self.line", "self.lot.line", "lot.line", "given", "self.pin.line"]
        self._lots = ["lot", "self.lot"]
        self._lists = ["row", "items", "lot.items", "self.lot.items"]

    def label(self) -> str:
        """A `str`."""
        return self.pick('"s"', '"long"')

    def key(self) -> str:
        """A key or an index."""
        return self.pick("0", "1", "2", "-1", "p", "n", "m", *self._ints[4:])

    def line(self) -> str:
        """A `Line` that is somewhere."""
        return self._one(
            lambda: self.pick(*self._lines),
            lambda: self.pick(*self._lines),
            lambda: f"self.lines[{self.key()}]",
            lambda: f"self.shelf[{self.key()}]",
            lambda: f"{self.lot()}.line",
            lambda: f"d[{self.key()}]",
            lambda: self.pick(
                f"many[{self.key()}]",
                f"self.{self.pick('_find', '_made')}({self.key()})",
                f"Pin({self.pick(*self._lines)}).line",
                f"{self.pick(*self._lots)}.counted()",
            ),
            lambda: f"({self.pick(*self._lines)} if {self.condition()} else {self.pick(*self._lines)})",
        )

    def new_line(self) -> str:
        """A `Line`, often a new one."""
        return self._one(
            lambda: f"Line({self.label()}, {self.number()})",
            lambda: f"Line(quantity={self.number()}, label={self.label()})",
            self.line,
            lambda: self.pick("line", "other"),
        )

    def lot(self) -> str:
        """A `Lot`."""
        return self._one(
            lambda: self.pick(*self._lots), lambda: self.pick(*self._lots), lambda: f"self.lots[{self.key()}]"
        )

    def items(self) -> str:
        """A `list[int]`."""
        return self._one(
            lambda: self.pick(*self._lists),
            lambda: f"{self.lot()}.items",
            lambda: f"self.rows[{self.key()}]",
            lambda: f"self._spot({self.key()})",
            lambda: f"[{self.number()}]",
            lambda: f"list({self.pick(*self._lists)})",
        )

    def number(self) -> str:
        """An `int`."""
        return self._one(
            lambda: self.pick("0", "1", "5", *self._ints),
            lambda: self.pick(*self._ints),
            lambda: f"{self.line()}.quantity",
            lambda: f"len({self.items()})",
            lambda: f"{self.items()}[{self.key()}]",
            lambda: f"(found.quantity if found is not None else {self.key()})",
            lambda: f"self._look({self.line()})",
            lambda: f"{self.line()}.add({self.pick('', *self._ints)})",
            lambda: f"{self.lot()}.{self.pick(f'put({self.key()})', 'take()', 'counted().quantity')}",
            lambda: f"{self.line()}.absorb({self.line()})",
            lambda: f"self._size({self.items()})",
            lambda: self.pick(f"self._bump({self.key()})", f"self._grow({self.key()})", "self._count()"),
            lambda: f"({self.pick(*self._ints)} {self.pick('+', '-', '//')} {self.pick(*self._ints)})",
        )

    def source(self) -> str:
        """Lines, one after the other."""
        return self.pick("self.shelf", "self.lines.values()", "d.values()")

    def arranged(self) -> str:
        """Lines that are somewhere, in an order that is made for them."""
        one, by = self.source(), self.pick("x.quantity", "-x.quantity", "x.label")
        return self._one(
            lambda: f"sorted({one}, key=lambda x: {by}{self.pick('', ', reverse=True')})",
            lambda: f"list({one})",
            lambda: f"[x for x in {one} if x.quantity {self.pick('>', '<=')} {self.key()}]",
            lambda: f"[x for k, x in {self.pick('self.lines', 'd')}.items() if k != {self.key()}]",
            lambda: f"{self.pick('reversed(self.shelf)', f'self.shelf[{self.key()}:]', 'self.shelf[::-1]')}",
            lambda: f"[x for x in sorted({one}, key=lambda x: {by}) if x.quantity != {self.key()}]",
        )

    def extreme(self) -> str:
        """The one of them that is picked out, or None."""
        one, by = self._one(self.source, self.arranged), self.pick("x.quantity", "x.label", "(x.label, x.quantity)")
        return f"{self.pick('min', 'max')}({one}, key=lambda x: {by}, default=None)"

    def condition(self) -> str:
        """A `bool`."""
        return self._one(
            lambda: f"{self.pick(*self._ints)} {self.pick('<', '==', '>=')} {self.key()}",
            lambda: self.pick("found is None", "found is not None", "best is None", "self.maybe is not None"),
            lambda: f"{self.pick(*self._lines)} == {self.pick(*self._lines)}",
            lambda: f"{self.key()} in self.lines",
            lambda: f"{self.pick(*self._lines)}.quantity > {self.pick(*self._ints)}",
            lambda: f"{self.pick(*self._lines)} in self.shelf",
        )

    def _bind(self) -> str:
        return self._one(
            lambda: f"{self.pick('line', 'other')} = {self.line()}",
            lambda: f"{self.pick('line', 'other')} = {self.line()}",
            lambda: f"{self.pick('line', 'other')} = {self.new_line()}",
            lambda: f"found = {self.extreme()}",
            lambda: f"{self.pick('line', 'other')} = {self.extreme().replace(', default=None', '')}",
            lambda: f"{self.pick('line', 'other')} = sorted({self.source()}, key=lambda x: x.label)[{self.key()}]",
            lambda: f"line, other = (line, other) if {self.condition()} else ({self.pick(*self._lines)}, line)",
            lambda: f"line = other if {self.condition()} else {self.line()}",
            lambda: f"lot = {self.lot()}",
            lambda: f"line, lot = {self.line()}, {self.lot()}",
            lambda: f"{self.pick('row', 'items')} = {self.items()}",
            lambda: f"found = {self.pick('self.lines', 'd')}.get({self.key()})",
            lambda: f"found = self._first({self.key()})",
            lambda: f"found = next((x for x in {self.source()} if x.quantity >= {self.key()}), None)",
            lambda: f"other = {self.pick('self.lines', 'd')}.setdefault({self.pick('n', '1')}, {self.new_line()})",
            lambda: f"found = {self.pick('None', 'line', 'self.maybe', 'lot.spare', 'self.shelf[-1]', 'Line(str(n))')}",
            lambda: f"best = {self.pick('None', 'lot', f'self.lots.get({self.key()})', 'Lot(Line(str(n)))')}",
            lambda: f"lot = Lot({self.new_line()}, {self.items()})",
        )

    def _change(self) -> str:
        return self._one(
            lambda: f"{self.line()}.quantity {self.pick('=', '+=', '-=')} {self.number()}",
            lambda: f"{self.line()}.quantity {self.pick('=', '+=', '//=')} {self.number()}",
            lambda: f"{self.line()}.label = {self.label()}",
            lambda: f"{self.line()}.{self.pick(f'rename({self.label()})', f'add({self.number()})')}",
            lambda: f"{self.lot()}.{self.pick(f'put({self.number()})', 'take()', 'fresh()')}",
            lambda: f"{self.pick('found', 'self.maybe', 'best.line', 'self.lot.spare')}.add({self.number()})",
            lambda: f"{self.items()}.append({self.number()})",
            lambda: f"{self.items()}[{self.key()}] {self.pick('=', '+=')} {self.number()}",
            lambda: f"{self.pick('row', 'items', 'lot.items', 'self.lot.items')} += {self.items()}",
            lambda: f"del {self.items()}[{self.key()}]",
            lambda: f"{self.pick('found', 'self.maybe', 'best.line', 'self.lot.spare', 'lot.spare')}.quantity += 1",
        )

    def _store(self) -> str:
        return self._one(
            lambda: f"self.lines[{self.key()}] = {self.new_line()}",
            lambda: f"self.shelf[{self.key()}] = {self.new_line()}",
            lambda: f"self.shelf.append({self.new_line()})",
            lambda: f"{self.lot()}.line = {self.new_line()}",
            lambda: f"self.line = {self.new_line()}",
            lambda: f"self.lots[{self.key()}] = {self.pick('lot', f'Lot(line, {self.items()})')}",
            lambda: f"self.lots[{self.key()}] = Lot(items=[1], line={self.new_line()})",
            lambda: f"self.rows.append({self.items()})",
            lambda: f"self.rows[{self.key()}] = {self.items()}",
            lambda: f"d[{self.key()}] = {self.new_line()}",
            lambda: f"self.pin = Pin({self.new_line()}, {self.key()})",
            lambda: f"{self.pick('self.maybe', 'lot.spare', 'self.lot.spare')} = {self.pick('None', self.new_line())}",
            lambda: f"self._keep({self.new_line()}, {self.key()})",
            lambda: f"{self.lot()}.hold({self.new_line()})",
            lambda: self.pick("self.shelf = many", "self.line = given", "self.lot = lot", "self.lines = d"),
            lambda: f"self.shelf = {self.pick('self.shelf[1:]', '[x for x in self.shelf if x.quantity > n]')}",
            lambda: f"self.lines = {{k: x for k, x in self.lines.items() if x.quantity != {self.key()}}}",
        )

    def _take(self) -> str:
        return self._one(
            lambda: f"del self.lines[{self.key()}]",
            lambda: f"del self.shelf[{self.key()}]",
            lambda: f"del self.lots[{self.key()}]",
            lambda: f"self._drop({self.key()})",
            lambda: "self._shift()",
            lambda: f"self.shelf.{self.pick(f'pop({self.key()})', f'remove({self.line()})', 'reverse()')}",
            lambda: f"{self.pick('self.lines', 'd')}.pop({self.key()})",
            lambda: f"{self.pick('line', 'other')} = {self.pick('self.shelf', 'self.lines', 'd')}.pop({self.key()})",
            lambda: self.pick("self.lines = {}", "d = {}", "self.shelf = []"),
        )

    def _simple(self) -> str:
        return self._one(
            self._bind,
            self._bind,
            self._change,
            self._change,
            self._change,
            self._store,
            self._store,
            self._take,
            lambda: f"{self.pick('n', 'm', 'self.n')} {self.pick('=', '+=')} {self.number()}",
            lambda: f"assert {self.condition()}",
        )

    def _statement(self, depth: int, loops: int) -> list[Statement]:
        kind = self._draw(st.integers(0, 15)) if depth else 0
        if kind <= 5:
            return self._line(loops)
        if kind == 6:
            found = [Statement(f"if {self.condition()}:", self.statements(depth - 1, loops))]
            return [*found, Statement("else:", self.statements(depth - 1, loops))]
        if kind == 7:
            store = Statement(f"self.lines[{self.key()}] = found")
            made = Statement("if found is None:", [Statement(f"found = {self.new_line()}"), *([store] * self._many(1))])
            asked = Statement(f"found = self.lines.get({self.key()})")
            return [asked, made, Statement(f"found.quantity += {self.number()}")]
        if kind == 8:
            return [self._leave()]
        if kind == 9:
            return [self._match(depth, loops)]
        if kind == 10:
            return [self._opened(depth, loops)]
        if kind == 11:
            return self._filled(depth, loops)
        if kind == 12:
            return self._taken()
        if kind == 13:
            return self._listed(depth, loops)
        return [self._loop(depth, loops)]

    def _filled(self, depth: int, loops: int) -> list[Statement]:
        """Lists that a loop fills, of which one takes the place of what it went over."""
        self._number += 1
        name, kept, gone = f"v{self._number}", f"kept{self._number}", f"gone{self._number}"
        put = Statement(f"{self.pick(kept, kept, gone)}.append({name})")
        chosen = Statement(f"if {self.condition()}:", [Statement(f"{kept}.append({name})")])
        chosen.otherwise = Statement("else:", [Statement(f"{self.pick(gone, gone, kept)}.append({name})")])
        source = self.pick(
            "self.shelf", "self.shelf", "sorted(self.shelf, key=lambda x: x.quantity)", "self.lines.values()"
        )
        changes = self._with([name], self._lines, depth, loops + 1) if self._many(1) else []
        more = [put] if not self._many(3) else []
        loop = Statement(f"for {name} in {source}:", [*changes, chosen, *more])
        rest = Statement(f"for w{name} in {gone}:", [Statement(f"self.lines[{self.key()}] = w{name}")])
        after = [
            Statement(f"self.shelf = {kept}"),
            Statement(f"n += len({kept})"),
            rest,
            Statement(
                f"for w{name} in {gone}:", [Statement(f"w{name}.quantity += 1"), Statement(f"n += w{name}.quantity")]
            ),
            Statement(f"n += {gone}[0].quantity"),
            Statement(self._change()),
        ]
        return [
            Statement(f"{kept}: list[Line] = []"),
            Statement(f"{gone}: list[Line] = []"),
            loop,
            *self._draw(st.permutations(after)),
        ]

    def _listed(self, depth: int, loops: int) -> list[Statement]:
        """A name for elements that stay where they are."""
        self._number += 1
        name, due = f"v{self._number}", f"due{self._number}"
        arranged = self.arranged()
        if arranged.startswith("reversed"):
            arranged = f"list({arranged})"
        changes = [
            lambda: f"{due}[{self.key()}].quantity += {self.number()}",
            lambda: f"n += {due}[0].quantity + len({due})",
            lambda: f"self._keep({due}[0], {self.key()})",
            lambda: f"other = {self.pick('min', 'max')}({due}, key=lambda x: x.quantity)",
            lambda: f"self.shelf = {due}",
            lambda: f"{due}.append({self.new_line()})",
            self._change,
            self._store,
        ]
        loop = Statement(f"for {name} in {due}:", self._with([name], self._lines, depth, loops + 1))
        more = [Statement(self._one(*changes)) for _ in range(4)]
        return [Statement(f"{due} = {arranged}"), *self._draw(st.permutations([loop, *more]))]

    def _taken(self) -> list[Statement]:
        """A name for what is then taken out of its place."""
        name, at = self.pick("line", "other"), self.pick("0", "1", "p", "-1")
        where = self.pick("self.shelf", "self.lines", "d")
        going = self.pick(f"del {where}[{at}]", f"{where}.pop({at})", f"{where}[{at}] = {self.new_line()}")
        return [
            Statement(f"{name} = {where}[{at}]"),
            Statement(going),
            *(
                Statement(
                    self._one(
                        self._change, self._store, lambda: f"{name}.quantity += 1", lambda: f"n += {name}.quantity"
                    )
                )
                for _ in range(3)
            ),
        ]

    def _opened(self, depth: int, loops: int) -> Statement:
        one = self.pick("self.maybe", "lot.spare", "self.lot.spare", "best.spare")
        changes = [f"{one}.quantity += {self.number()}", f"{one}.add({self.number()})", f"other = {one}"]
        first = Statement(self.pick(*changes))
        around = "if best is not None and" if one == "best.spare" else "if"
        return Statement(f"{around} {one} is not None:", [first, *self._with([one], self._lines, depth, loops)])

    def _many(self, most: int) -> int:
        return self._draw(st.integers(0, most))

    def _match(self, depth: int, loops: int) -> Statement:
        self._number += 1
        name = f"c{self._number}"
        cases = [
            Statement(f"case Line(quantity=0) as {name}:", self._with([name], self._lines, depth, loops)),
            Statement(f"case Line(quantity=q{name}) as {name}:", self._with([f"q{name}"], self._ints, depth, loops)),
        ]
        lot = Statement(f"case Lot(items={name}, line=Line() as l{name}):", self._both(name, depth, loops))
        return self._draw(
            st.sampled_from(
                [
                    Statement(f"match {self.line()}:", cases[self._many(1) :]),
                    Statement(f"match {self.lot()}:", [lot]),
                    Statement(f"match {self.pick('found', 'self.maybe', 'lot.spare')}:", cases[1:]),
                ]
            )
        )

    def _both(self, name: str, depth: int, loops: int) -> list[Statement]:
        self._lines.append(f"l{name}")
        try:
            return self._with([name], self._lists, depth, loops)
        finally:
            self._lines.pop()

    def _loop(self, depth: int, loops: int) -> Statement:
        self._number += 1
        name = self._draw(st.sampled_from([f"v{self._number}", f"v{self._number}", "other"]))
        known = [] if name == "other" else [name]
        kind = self._many(9)
        if kind == 0:
            source = self.pick("self.lines.values()", "d.values()", "self.shelf", "many", "list(self.lines.values())")
            return Statement(f"for {name} in {source}:", self._with(known, self._lines, depth, loops + 1))
        if kind == 1:
            source = self.pick("self.lines.items()", "d.items()")
            return Statement(f"for k{name}, {name} in {source}:", self._with(known, self._lines, depth, loops + 1))
        name = f"v{self._number}"
        if kind == 2:
            return Statement(f"for {name} in self.lots.values():", self._with([name], self._lots, depth, loops + 1))
        if kind == 3:
            return Statement(f"for {name} in self.rows:", self._with([name], self._lists, depth, loops + 1))
        if kind == 4:
            source = self.pick("self.lines", "list(self.lines)", "list(self.lots)", "range(2)")
            return Statement(f"for {name} in {source}:", self._with([name], self._ints, depth, loops + 1))
        if kind == 5:
            body = self.statements(depth - 1, loops + 1)
            return Statement(f"while m < {self.pick('2', '3')}:", [Statement("m += 1"), *body])
        if kind == 6:
            return Statement(f"for {name} in {self.arranged()}:", self._with([name], self._lines, depth, loops + 1))
        if kind == 7:
            source = self._one(self.source, self.arranged)
            return Statement(
                f"for i{name}, {name} in enumerate({source}):", self._with([name], self._lines, depth, loops + 1)
            )
        if kind == 8:
            pair = f"{self._one(self.source, self.arranged)}, {self.pick(self.source(), 'self.rows', 'range(3)')}"
            return Statement(f"for {name}, o{name} in zip({pair}):", self._with([name], self._lines, depth, loops + 1))
        chosen = Statement(f"if found is None or {name}.quantity > found.quantity:", [Statement(f"found = {name}")])
        return Statement(f"for {name} in {self.pick('self.lines.values()', 'self.shelf')}:", [chosen])


@st.composite
def object_programs(draw: DrawFn) -> list[Statement]:
    """The statements of the method `run` of a random machine."""
    writer = _Writer(draw)
    body = writer.statements(2) + writer.statements(2) + writer.statements(1)
    # What the names stand for at the end is part of the result, where it may still be looked at.
    looks = [f"self._look({name})" for name in ("line", "other", "lot.line", "given")]
    looks += [f"self._size({name})" for name in ("row", "items", "lot.items")]
    looks += ["(found.quantity if found is not None else 1)", "(best.line.quantity if best is not None else 1)"]
    return [*body, *(Statement(f"n = n * 7 + {look}") for look in looks)]
