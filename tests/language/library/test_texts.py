"""The methods of texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, simulate
from camshaft.simulation import BACKENDS
from generators.differential import agree, call


class Texts(Machine):
    text: str = ""
    count: int = 0

    def _next(self) -> str:
        self.count += 1
        return str(self.count)

    def parts(self, text: str, sep: str, most: int) -> list[str]:
        self.count += 1
        return text.split() + text.split(sep) + text.split(sep, most) + text.split(sep, maxsplit=1) + text.split(None)

    def joined(self, text: str, sep: str) -> str:
        return (
            sep.join(text) + ", ".join([text, sep]) + "".join([str(x) for x in range(3)]) + "-".join({"a": 1, "b": 2})
        )

    def stripped(self, text: str, characters: str) -> list[str]:
        return [
            text.strip(),
            text.lstrip(),
            text.rstrip(),
            text.strip(characters),
            text.lstrip(characters),
            text.rstrip(characters),
        ]

    def ends(self, text: str, part: str) -> list[bool]:
        return [
            text.startswith(part),
            text.endswith(part),
            text.startswith((part, "b")),
            text.endswith(("a", part)),
            text.startswith(("a", text)),
        ]

    def searched(self, text: str, part: str) -> tuple[int, int, int, bool]:
        return text.find(part), text.rfind(part), text.count(part), part in text

    def found(self, text: str, part: str) -> tuple[int, int]:
        return text.index(part), text.rindex(part)

    def replaced(self, text: str, old: str, new: str) -> str:
        return text.replace(old, new) + self._next().replace("1", self._next())

    def cased(self, text: str) -> tuple[str, str, str, str, bool, bool]:
        return text.upper(), text.lower(), text.capitalize(), text.casefold(), text.isupper(), text.islower()

    def shown(self, when: datetime) -> tuple[str, str]:
        return f"{when:%Y-%m-%d|%y %H:%M:%S.%f%%}", (when + timedelta(microseconds=1)).strftime("<%d%d %H")

    def kinds(self, text: str) -> list[bool]:
        return [text.isdigit(), text.isalpha(), text.isalnum(), text.isspace(), text.isascii()]

    def total_kinds(self, text: str) -> list[bool]:
        return [text.isspace(), text.isascii(), text.isascii() and text.isdigit()]

    def padded(self, text: str, width: int) -> list[str]:
        return [
            text.zfill(width),
            text.ljust(width),
            text.rjust(width, "*"),
            text.center(width),
            text.center(width, "\U0001f600"),
        ]

    def halves(self, text: str, sep: str) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
        return text.partition(sep), text.rpartition(sep)

    def name_and_rest(self, text: str) -> str:
        name, _, rest = text.partition("=")
        return f"{rest.strip()}<{name.strip().removesuffix('a')}"

    def removed(self, text: str, part: str) -> tuple[str, str]:
        return text.removeprefix(part), text.removesuffix(part)

    def characters(self, text: str) -> list[str]:
        found: list[str] = []
        for character in text:
            if character not in found:
                found.append(character)
        return found + [c + c for c in text]

    def chained(self, text: str) -> list[str]:
        self.text = text.strip().replace("b", "a")
        return [word.strip("a") for word in self.text.split("a") if word.startswith("1")]


TEXT = st.text(st.sampled_from("ab1 =-+\U0001f600\u00e9\u2003\n"), max_size=8)
SHORT = st.text(st.sampled_from("ab =\U0001f600"), max_size=2)
ASCII = st.text(st.sampled_from("aB1 =+"), max_size=6)


@given(TEXT, SHORT, SHORT, ASCII, st.integers(-2, 9))
def test_methods_of_texts(text: str, part: str, other: str, plain: str, n: int) -> None:
    agree(
        Texts,
        call("parts", text, part, n),
        call("joined", text, part),
        call("stripped", text, part),
        call("ends", text, part),
        call("searched", text, part),
        call("found", text, part),
        call("replaced", text, part, other),
        call("cased", plain),
        call("kinds", plain),
        call("total_kinds", text),
        call("padded", text, n),
        call("halves", text, part),
        call("halves", text, "="),
        call("name_and_rest", text),
        call("removed", text, part),
        call("characters", text),
        call("chained", text),
    )


MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))


@given(MOMENTS)
def test_formats_of_moments(when: datetime) -> None:
    agree(Texts, call("shown", when))


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_python_decides_by_platform_or_version_traps(backend: str) -> None:
    texts = simulate(Texts, backend=backend)
    with pytest.raises(ValueError, match="years before 1000"):
        texts.shown(datetime(999, 12, 31, tzinfo=UTC))
    with pytest.raises(ValueError, match="ASCII"):
        texts.cased("straße")
