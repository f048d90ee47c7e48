"""The table that random machines are written from: each line is a way to write something, with holes for its parts.

A new function of the library is one more line here. `python_sentences` draws from it.
"""

from __future__ import annotations

from typing import Final

HEAD: Final = '''\
"""A program of the grammar."""

from dataclasses import dataclass

import camshaft as cam
from camshaft import Machine, Refusal

LIMIT = 3


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 2


@dataclass(frozen=True)
class Name:
    text: str


class Refused(Refusal):
    number: int
    text: str = "r"


def larger(a: int, b: int) -> int:
    return a if a > b else b


INPUTS = [("run", p, q, ps) for p, q, ps in ((0, "", []), (2, "ab", [1, 2]), (-1, "\\U0001f600b", [5, 0, -3]))]


class Box(Machine):
    n: int = 1
    s: str = "ab"
    xs: list[int] = [3, 1, 2]
    words: list[str] = ["a", "b", "a"]
    rows: list[list[int]] = [[4, 5], [6]]
    table: dict[str, int] = {"a": 7, "b": 0}
    at: Point = Point(1)
    one: Point | Name | None = None
    maybe: int | None = None
    x: float = 0.5
    seen: set[int] = {1}

    @property
    def size(self) -> int:
        return len(self.xs) + len(self.s)

    def _bump(self, by: int = 1) -> int:
        self.n += by
        return self.n

    def _say(self, word: str) -> str:
        self.words.append(word)
        return word

    def run(self, p: int, q: str, ps: list[int]) -> tuple[int, str, list[int], bool]:
        i = p
        t = q
        b = False
        ys = list(ps)
        m = self.table.get(q)
'''
TAIL: Final = "        return (i, t, ys, b)\n"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


# Loops, repetitions, powers and shifts take a <small>: the plain class must come to an end too.
EXPRESSIONS: Final[dict[str, tuple[str, ...]]] = {
    "int": _lines("""
        0
        1
        -2
        LIMIT
        p
        i
        i
        self.n
        self.size
        self.at.x
        <point>.y
        (<int> + <int>)
        (<int> - <int>)
        (<int> * <small>)
        (<int> // <int>)
        (<int> % <int>)
        -<int>
        +<int>
        ~<int>
        (<int> & <int>)
        (<int> | <int>)
        (<int> ^ <int>)
        (<int> << <small>)
        (<int> >> <small>)
        (<int> ** 2)
        abs(<int>)
        int(<float>)
        round(<float>)
        len(self.seen)
        <str>.find(<str>)
        <str>.count(<str>)
        min(<int>, <int>)
        max(<int>, <int>, <int>)
        min(<ints>, default=<int>)
        max(<ints> + [<int>])
        sum(<ints>)
        sum(<ints>, <int>)
        int(<str>)
        divmod(<int>, 3)[1]
        round(<int>)
        min(<ints>, key=lambda x: -x % 3)
        ord((<str> + 'x')[0])
        larger(<int>, b=<int>)
        cam.randint(0, 9)
        cam.randint(<int>, b=<int>)
        cam.randrange(<small>)
        cam.randrange(<int>, 9)
        len(<ints>)
        len(<str>)
        len(<words>)
        len(<table>)
        (<ints> + [3, 4])[<small> % 2]
        <ints>[<int>]
        (<ints> + [1])[-1]
        ([2] + <ints>)[0]
        <rows>[<small> % 2][0]
        <table>[<str>]
        <table>.get(<str>, 0)
        <table>.get(<str>, <int>)
        <pair>[0]
        self._bump()
        self._bump(by=<int>)
        (<int> if <bool> else <int>)
        (<maybe> or <int>)
        (self.maybe if self.maybe is not None else <int>)
    """),
    "small": _lines("""
        0
        1
        2
        3
        len(<str>) % 4
        (<int> & 3)
    """),
    "bool": _lines("""
        True
        False
        b
        <int> < <int>
        <int> == <int>
        <str> != <str>
        <str> <= <str>
        <int> <= <int> < <int>
        <ints> == <ints>
        <ints> < <ints>
        <int> in <ints>
        <int> not in <ints>
        <str> in <str>
        <str> in <table>
        <str> in <words>
        (<bool> and <bool>)
        (<bool> or <bool>)
        not <bool>
        <float> < <float>
        <float> == <int>
        <float> >= <int>
        <int> in self.seen
        set(<ints>) <= self.seen
        <str>.startswith(<str>)
        <str>.endswith(<str>)
        not <ints>
        any([x > <int> for x in <ints>])
        all([x > <int> for x in <ints>])
        bool(<int>)
        <maybe> is None
        <maybe> is not None
        <point> == <point>
        isinstance(self.one, Point)
        (<int>, <str>) == <pair>
        <bool> == <bool>
        <int> > <int> >= <int>
    """),
    "str": _lines("""
        'x'
        q
        t
        t
        cam.key()
        cam.uuid()
        self.s
        (<str> + <str>)
        (<str> + 'x')[0]
        <str>[<small>:]
        <str>[<int>:<int>]
        <str>[::-1]
        (<str> * <small>)
        str(<int>)
        str(<bool>)
        f'{<int>}-{<str>}'
        f'{<bool>}'
        f'{<int>:04d}{<str>:>3}'
        f'{<int>:+,}{<int>:x}'
        self.words[<small> % 2]
        <pair>[1]
        self._say(<str>)
        str(<float>)
        f'{<float>}'
        <str>.strip()
        <str>.replace(<str>, <str>)
        <str>.ljust(<small>, '-')
        <str>.zfill(<small>)
        ', '.join(<words>)
        <str>.partition(<str> + 'x')[0]
        (<str> or <str>)
        chr(97 + <small>)
        max(<words>, key=lambda w: len(w))
        (<str> if <bool> else <str>)
    """),
    "ints": _lines("""
        ps
        ys
        ys
        self.xs
        [<int>, <int>]
        list(<ints>)
        (<ints> + <ints>)
        <ints>[<int>:<int>]
        <ints>[::2]
        <ints>[:<small>]
        ([<int>] * <small>)
        [x + <int> for x in <ints>]
        [x for x in <ints> if x != <int>]
        [x for row in <rows> for x in row]
        list(<table>.values())
        sorted(self.seen)
        sorted(set(<ints>))
        sorted(<ints>)
        sorted({x % 3 for x in <ints>})
        sorted(<ints>, key=lambda x: x % 3, reverse=<bool>)
        list(reversed(<ints>))
        [k * v for k, v in enumerate(<ints>)]
        [x - y for x, y in zip(<ints>, <ints>)]
        <rows>[<small> % 2]
        [i for i in range(<small>)]
        (<ints> if <bool> else <ints>)
    """),
    "words": _lines("""
        self.words
        [<str>, <str>]
        list(<table>)
        [k for k in <table>]
        list(<table>.keys())
        [k + 'x' for k, v in <table>.items()]
        <str>.split()
        <str>.split('a')
        sorted(<words>)
        sorted(<table>)
    """),
    "rows": _lines("""
        self.rows
        [list(<ints>), list(<ints>)]
        [[x, <int>] for x in <ints>]
    """),
    "table": _lines("""
        self.table
        {<str>: <int>, 'a': <int>}
        {k: <int> for k in <words>}
        {k: v for k, v in <table>.items()}
        dict(<table>)
    """),
    "float": _lines("""
        1.5
        -0.0
        self.x
        float(<int>)
        (<int> / 4)
        (<float> + <float>)
        (<float> - 1)
        (<float> * 0.5)
        -<float>
        abs(<float>)
        max(<float>, <float>)
    """),
    "pair": _lines("""
        (<int>, <str>)
    """),
    "point": _lines("""
        self.at
        Point(<int>)
        Point(y=<int>, x=<int>)
    """),
    "maybe": _lines("""
        m
        self.maybe
        <table>.get(<str>)
    """),
}

STATEMENTS: Final = _lines("""
    i = <int>
    t = <str>
    b = <bool>
    ys = list(<ints>)
    m = <maybe>
    i += <int>
    i -= <int>
    t += <str>
    i //= <int>
    i ^= <int>
    i: int = <int>
    self.n = <int>
    self.n += <int>
    self.n *= <small>
    self.n %= <int>
    self.s = <str>
    self.maybe = <maybe>
    self.maybe = None
    self.at = <point>
    self.one = <point>
    self.one = Name(<str>)
    self.xs = list(<ints>)
    self.table = dict(<table>)
    self.xs.append(<int>)
    ys.append(<int>)
    self.words.append(<str>)
    self.rows.append(list(<ints>))
    self.xs[<small> % 2] = <int>
    self.xs[<int>] += <int>
    ys[<int>] -= <int>
    self.rows[<small> % 2][0] = <int>
    self.rows[<int>][<int>] = <int>
    self.rows[<small> % 2].append(<int>)
    self.table[<str>] = <int>
    self.table[<str>] += <int>
    self.table['a'] += <int>
    del self.table[<str>]
    del self.xs[-1]
    del ys[<int>:<int>]
    ys[<int>:<int>] = <ints>
    self.xs[:<small>] = <ints>
    self.xs[0], self.xs[-1] = self.xs[-1], self.xs[0]
    self.xs += <ints>
    ys += <ints>
    i, t = <pair>
    i, self.n = <int>, <int>
    self.xs[0], i = i, <int>
    i = self.n = <int>
    i, *ys = <ints>
    assert <bool>
    assert <bool>, <str>
    pass
    self.x = <float>
    self.x += <float>
    self.x *= 2
    self.seen.add(<int>)
    self.seen.discard(<int>)
    self.seen.remove(<int>)
    self.seen |= set(<ints>)
    self._bump(<int>)
    self._say(<str>)
""")

LEAVES: Final = ("break", "continue")
ENDS: Final = (
    "return (<int>, <str>, ys, <bool>)",
    "raise Refused(<int>)",
    "raise ValueError(<str>)",
    "raise Refused(number=<int>, text=<str>)",
)

# A header with the names that it binds for its body, and whether it is a loop. `%` is a number of its own.
BLOCKS: Final[tuple[tuple[str, dict[str, str], bool], ...]] = (
    ("if <bool>:", {}, False),
    ("if self.maybe is not None:", {"self.maybe": "int"}, False),
    ("if (m := <maybe>) is not None:", {}, False),
    ("for v% in range(<small>):", {"v%": "int"}, True),
    ("for v% in range(<small>, -2, -1):", {"v%": "int"}, True),
    ("for v% in list(<ints>):", {"v%": "int"}, True),
    ("for k%, v% in list(<table>.items()):", {"k%": "str", "v%": "int"}, True),
    ("for k% in list(<words>):", {"k%": "str"}, True),
    ("for v%, k% in enumerate(list(<words>)):", {"k%": "str", "v%": "int"}, True),
    ("for v%, k% in zip(list(<ints>), list(<words>)):", {"k%": "str", "v%": "int"}, True),
    ("for v% in reversed(list(<ints>)):", {"v%": "int"}, True),
    ("while <bool>:", {}, True),
)
# The cases of a `match`, each with the names that it binds.
MATCHES: Final[tuple[tuple[str, tuple[tuple[str, dict[str, str]], ...]], ...]] = (
    (
        "match self.one:",
        (
            ("case Point(0, y=v%):", {"v%": "int"}),
            ("case Point(x=v%) if v% > <int>:", {"v%": "int"}),
            ("case Point():", {}),
            ("case Name(k%):", {"k%": "str"}),
            ("case None:", {}),
        ),
    ),
    ("match <int>:", (("case 0 | 1:", {}), ("case v% if v% < 0:", {"v%": "int"}), ("case _:", {}))),
    (
        "match list(<ints>):",
        (
            ("case []:", {}),
            ("case [0, *_] | [_, 0]:", {}),
            ("case [v%, *_] if v% > <int>:", {"v%": "int"}),
            ("case [_, *w%]:", {"w%": "ints"}),
        ),
    ),
    ("match <int>, self.maybe:", (("case 0, None:", {}), ("case v%, int(w%):", {"v%": "int", "w%": "int"}))),
    ("match <str>:", (("case '' | 'a' as k%:", {"k%": "str"}), ("case 'ab':", {}))),
)

COPIES: Final = {"ints": "list", "words": "list", "rows": "len", "table": "dict"}
"""What copies a container, which may not get a second name."""
SIMPLEST: Final = {
    "int": "i", "small": "2", "bool": "b", "str": "t", "ints": "ys", "words": "self.words", "rows": "self.rows",
    "table": "self.table", "pair": "(i, t)", "point": "self.at", "maybe": "m", "float": "self.x",
}  # fmt: skip
