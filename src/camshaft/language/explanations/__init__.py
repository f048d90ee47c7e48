"""A page for each code of a diagnostic: what it is about, why, an example that is refused and one that is accepted.

The pages are Markdown files beside this one, named by their codes; a test compiles each of their examples.
"""

from __future__ import annotations

from importlib import resources

from camshaft.language.diagnostics import Code


def explanation(code: Code) -> str:
    """The page of a code, as Markdown."""
    return resources.files(__name__).joinpath(f"{code.number}.md").read_text(encoding="utf-8")


def code_of(text: str) -> Code | None:
    """The code that a person means by `CAM012`, `cam012` or `12`; None where there is no such code."""
    digits = text.strip().upper().removeprefix("CAM")
    number = f"CAM{digits.zfill(3)}"
    return next((code for code in Code if code.number == number), None)
