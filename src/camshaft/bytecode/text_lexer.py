"""Text to tokens: the words, numbers, quoted texts and signs that the text form of programs is written in.

`;` begins a comment that goes to the end of its line; apart from that, line breaks are spaces. Tokens are made one at a
time, as they are asked for, and the next one is always known: the parser needs no more.

Rule: hostile text costs time linear in its length, and every error says where it stands.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, NoReturn

from camshaft.errors import Rejected
from camshaft.values.check import is_text

MAX_TEXT: Final = 64 * 1024 * 1024
"""The most characters of a text: a program's bytes are bounded more tightly, but text is wordier."""

_TOKEN: Final = re.compile(
    r"""(?P<space>(?:[\ \t\r\n]+|;[^\n]*)+)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<decimal>-?[0-9]+e-?[0-9]+(?![A-Za-z0-9_]))
    |(?P<number>-?[0-9]+(?![A-Za-z0-9_]))
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<sign>->|[{}\[\]()<>|:,.\#$=])""",
    re.VERBOSE,
)
_BARE_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+")


def quoted(text: str) -> str:
    """A text in quotes, as JSON writes it, on one line and with nothing in it that cannot be seen."""
    written = json.dumps(text, ensure_ascii=False)
    return written if written.isprintable() else "".join(map(_visible, written))


def _visible(char: str) -> str:
    return char if char.isprintable() else json.dumps(char)[1:-1]


def shown_label(label: str) -> str:
    """A label or a name: as it is where it looks like one, else in quotes."""
    return label if _BARE_LABEL.fullmatch(label) else quoted(label)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is word, number, decimal, string, sign or end. `text` is as written, of a string what it stands for."""

    kind: str
    text: str
    line: int
    column: int


class Lexer:
    """The tokens of a text, with the next one in `token`."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_TEXT:
            raise Rejected(f"a text of {len(text)} characters; at most {MAX_TEXT} are allowed")
        self._text = text
        self._at = 0
        self._line = 1
        self._line_start = 0
        self.token = self._read()

    def advance(self) -> Token:
        """Take the token that is next."""
        token = self.token
        self.token = self._read()
        return token

    def next_is(self, *texts: str) -> bool:
        """Whether one of these signs or words is next."""
        return self.token.kind in ("sign", "word") and self.token.text in texts

    def take(self, text: str) -> bool:
        """Take a sign or a word if it is next; whether it was."""
        if self.next_is(text):
            self.advance()
            return True
        return False

    def expect(self, text: str, why: str = "") -> None:
        """Take this sign or word.

        Raises:
            Rejected: something else is next.
        """
        if not self.take(text):
            self.fail(f"`{text}`{why}")

    def label(self, what: str) -> str:
        """Take a label or a name: a word, digits, or a text in quotes."""
        if self.token.kind in ("word", "string") or (self.token.kind == "number" and self.token.text.isdigit()):
            return self.advance().text
        self.fail(f"{what}: a word, or a text in quotes")

    def number(self, what: str) -> int:
        """Take a number from 0 on, of at most 64 bits."""
        if self.token.kind == "number" and len(self.token.text) <= 20 and 0 <= int(self.token.text) < 2**64:
            return int(self.advance().text)
        self.fail(f"{what}: a number from 0 on, of at most 64 bits")

    def fail(self, expected: str) -> NoReturn:
        """Reject the text for what is next in it."""
        token = self.token
        text = token.text if len(token.text) <= 40 else token.text[:39] + "…"
        found = (
            "the end of the text" if token.kind == "end" else quoted(text) if token.kind == "string" else f"`{text}`"
        )
        reject_at(token, f"expected {expected}; found {found}")

    def _read(self) -> Token:
        while True:
            line, column = self._line, self._at - self._line_start + 1
            match = _TOKEN.match(self._text, self._at)
            if match is None:
                if self._at == len(self._text):
                    return Token("end", "", line, column)
                reject_at(Token("sign", "", line, column), self._malformed())
            kind, text = str(match.lastgroup), match[0]
            self._at = match.end()
            if kind != "space":
                return Token(kind, _unquoted(text, line, column) if kind == "string" else text, line, column)
            self._line += text.count("\n")
            if "\n" in text:
                self._line_start = self._at - (len(text) - text.rindex("\n") - 1)

    def _malformed(self) -> str:
        char = self._text[self._at]
        if char == '"':
            return 'a text in quotes does not end on its line: close it with ", and write line breaks as \\n'
        if char in "-0123456789":
            return "expected a number: digits, perhaps after a minus sign"
        return f"the character {quoted(char)} has no meaning here"


def rejection(token: Token, reason: str) -> Rejected:
    """The rejection of a text for what stands at a token."""
    return Rejected(f"line {token.line}, column {token.column}: {reason}")


def reject_at(token: Token, reason: str) -> NoReturn:
    """Reject a text for what stands at a token."""
    raise rejection(token, reason)


def _unquoted(text: str, line: int, column: int) -> str:
    at = Token("string", text, line, column)
    try:
        unquoted = json.loads(text)
    except ValueError as error:
        reject_at(at, f"malformed text in quotes: {error}")
    assert isinstance(unquoted, str)
    if not is_text(unquoted):
        reject_at(at, "a text in quotes holds half of a surrogate pair, which is not Unicode")
    return unquoted
