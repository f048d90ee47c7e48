"""What the page on failures quotes is what the code says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from generators.nodes import ROOT

PAGE = ROOT / "docs" / "failures.md"
_QUOTED = re.compile(r"`([^`]*)`")
_NAMES = re.compile(r"(camshaft|--|STALE|OutOfFuel|error\[CAM)")


def texts_of(path: Path) -> list[str]:
    """The texts of a file, those of f-strings with `…` for what is put in."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Constant(value=str(text)):
                found.append(text)
            case ast.JoinedStr(values=parts):
                found.append("".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts))
    return found


SAID = "\n".join(text for path in (ROOT / "src" / "camshaft").rglob("*.py") for text in texts_of(path))


def quotations() -> list[str]:
    """The quoted texts in the second column of the tables."""
    rows = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| ") and "---" not in line]
    return [text for row in rows for text in _QUOTED.findall(row[2]) if not _NAMES.match(text)]


@pytest.mark.parametrize("quoted", quotations())
def test_a_quoted_error_is_in_the_code(quoted: str) -> None:
    parts = [part for part in re.split(r"\s*…\s*", quoted) if len(part) > 3]
    assert parts
    for part in parts:
        assert part.strip(" :();,") in SAID, f"nothing says {part!r}"


def test_the_page_quotes_the_errors_of_an_upgrade() -> None:
    assert len(quotations()) > 18
