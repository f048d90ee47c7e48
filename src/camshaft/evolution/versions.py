"""How people see a version: by the first digits of its program's id."""

from __future__ import annotations

from typing import Final

SHORT_ID_DIGITS: Final = 12


def short(id_: str) -> str:
    """The part of a program's id that people see."""
    return id_[:SHORT_ID_DIGITS]
