"""Types as exact text, and back: the syntax that the text form of programs uses.

    Int  Bool  Str  Float  Bytes  Time  Duration  Wide
                                      scalars
    ()  (Int,)  (Int, Str)            unit, tuples
    {sku: Str, "unit price": Int}     records
    <None | int Int>  <>              variants, cases of unit without payload; Never
    List[T]  Map[K, V]  Set[T]
    FrozenList[T]  FrozenSet[T]       lists and sets as keys, and as parts of keys
    $name                             what `let $name = T` stands for

`show` of `values/types.py` is for messages: it cuts short what is too large to be read. Here nothing is cut: a type
that is long and written more than once gets a name, so that text stays linear in the number of distinct types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from camshaft.bytecode.text_lexer import Lexer, Token, reject_at, rejection, shown_label
from camshaft.values.type_trees import MAX_TYPE_DEPTH, check_size, children
from camshaft.values.types import (
    NEVER,
    SCALAR_NAMES,
    UNIT,
    FrozenList,
    FrozenSet,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
    is_tuple,
    tuple_of,
)

_SCALARS: Final = {name: type_ for type_, name in SCALAR_NAMES.items()}
_OF_ELEMENTS: Final[dict[str, Callable[[Type], Type]]] = {
    kind.__name__: kind for kind in (List, Set, FrozenList, FrozenSet)
}
_LONG: Final = 40
"""A type of more characters than this gets a name where it is written twice."""


class TypeTexts:
    """How the types of one program are written. `lets` are the names, each with what it stands for, in order."""

    def __init__(self, written: Iterable[Type]) -> None:
        """`written` has each type as often as it will be written."""
        uses = Counter(written)
        order = _children_first(list(uses))
        for type_ in order:
            uses.update(children(type_))
        self.lets: list[tuple[str, str]] = []
        self._texts: dict[Type, str] = {}
        for type_ in order:
            text = self._text(type_)
            if uses[type_] > 1 and len(text) > _LONG:
                self.lets.append((f"${len(self.lets)}", text))
                text = self.lets[-1][0]
            self._texts[type_] = text

    def show(self, type_: Type) -> str:
        """The text of one of the types given, or of a part of one."""
        return self._texts[type_]

    def _text(self, type_: Type) -> str:
        texts = self._texts
        match type_:
            case List() | Set() | FrozenList() | FrozenSet():
                return f"{type(type_).__name__}[{texts[type_.element]}]"
            case Map():
                return f"Map[{texts[type_.key]}, {texts[type_.value]}]"
            case Record() if type_ is UNIT:
                return "()"
            case Record() if is_tuple(type_):
                parts = ", ".join(texts[child] for _, child in type_.fields)
                return f"({parts},)" if len(type_.fields) == 1 else f"({parts})"
            case Record():
                return "{" + ", ".join(f"{shown_label(label)}: {texts[child]}" for label, child in type_.fields) + "}"
            case Variant():
                return "<" + " | ".join(_case(label, child, texts) for label, child in type_.cases) + ">"
            case _:
                return SCALAR_NAMES[type_]


def _case(label: str, payload: Type, texts: dict[Type, str]) -> str:
    return shown_label(label) if payload is UNIT else f"{shown_label(label)} {texts[payload]}"


def _children_first(types: list[Type]) -> list[Type]:
    """The distinct types in and within some types, each after all that it is made of."""
    order: dict[Type, None] = {}
    waiting = types[::-1]
    while waiting:
        current = waiting[-1]
        missing = [] if current in order else [child for child in children(current) if child not in order]
        if missing:
            waiting.extend(reversed(missing))
        else:
            order[current] = None
            waiting.pop()
    return list(order)


class TypeReader:
    """Reads types from a lexer. Recursion goes as deep as types may nest and no deeper."""

    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer
        self._names: dict[str, Type] = {}

    def let(self) -> None:
        """Read `$name = T`, after its `let`.

        Raises:
            Rejected: it is malformed, or the name is taken.
        """
        self._lexer.expect("$", " and a name")
        token = self._lexer.token
        name = self._lexer.label("a name for a type")
        if name in self._names:
            reject_at(token, f"the name ${shown_label(name)} stands for a type already")
        self._lexer.expect("=")
        self._names[name] = self.read()

    def read(self, depth: int = 1) -> Type:
        """Read a type.

        Raises:
            Rejected: it is malformed, too large or too deep.
        """
        token = self._lexer.token
        if depth > MAX_TYPE_DEPTH:
            reject_at(token, f"a type nests deeper than {MAX_TYPE_DEPTH}")
        type_ = self._type(depth + 1, token)
        check_size(type_, lambda reason: rejection(token, reason))
        return type_

    def _type(self, depth: int, token: Token) -> Type:
        lexer = self._lexer
        if lexer.take("$"):
            name = lexer.label("a name of a type")
            if name not in self._names:
                reject_at(token, f"the name ${shown_label(name)} stands for no type yet: `let` comes before its use")
            return self._names[name]
        if lexer.take("("):
            return self._tuple(depth, token)
        if lexer.take("{"):
            return Record(self._labelled("}", ",", depth, is_record=True))
        if lexer.take("<"):
            return Variant(self._labelled(">", "|", depth, is_record=False)) if not lexer.take(">") else NEVER
        if token.kind == "word" and token.text in _SCALARS:
            lexer.advance()
            return _SCALARS[token.text]
        for name, make in _OF_ELEMENTS.items():
            if lexer.take(name):
                lexer.expect("[")
                element = self.read(depth)
                lexer.expect("]")
                return make(element)
        if lexer.take("Map"):
            lexer.expect("[")
            key = self.read(depth)
            lexer.expect(",")
            value = self.read(depth)
            lexer.expect("]")
            return Map(key, value)
        lexer.fail(
            "a type: Int, Bool, Str, Float, Bytes, Time, Duration, List[…], Map[…], Set[…], FrozenList[…], "
            "FrozenSet[…], (…), {…}, <…> or $name"
        )

    def _tuple(self, depth: int, token: Token) -> Type:
        lexer = self._lexer
        parts: list[Type] = []
        comma = True
        while not lexer.take(")"):
            if not comma:
                lexer.fail("`,` or `)` after an element of a tuple")
            parts.append(self.read(depth))
            comma = lexer.take(",")
        if len(parts) == 1 and not comma:
            reject_at(token, "a type in parentheses is a tuple: one of one element is written (T,)")
        return tuple_of(*parts)

    def _labelled(self, closing: str, separator: str, depth: int, *, is_record: bool) -> list[tuple[str, Type]]:
        lexer = self._lexer
        parts: dict[str, Type] = {}
        while True:
            token = lexer.token
            label = lexer.label("a field's label" if is_record else "a case's label")
            if label in parts:
                reject_at(token, f"the label {shown_label(label)} is there twice")
            if is_record:
                lexer.expect(":", " and the field's type")
            parts[label] = UNIT if not is_record and lexer.next_is(separator, closing) else self.read(depth)
            if lexer.take(closing):
                return list(parts.items())
            lexer.expect(separator, f" or `{closing}`")
