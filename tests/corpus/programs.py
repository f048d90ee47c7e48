"""The files of the corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
_REFUSED: Final = HERE / "refused"


def accepted() -> list[Path]:
    """The programs that run, in an order that is the same everywhere."""
    return sorted(path for path in HERE.glob("*/*.py") if path.parent != _REFUSED)


def refused() -> list[Path]:
    """The programs that the compiler refuses."""
    return sorted(_REFUSED.glob("*.py"))
