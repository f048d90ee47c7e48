"""Python that looks like what the language supports and means something else is refused, never misread."""

from __future__ import annotations

from pathlib import Path

import pytest

from camshaft.language.compile import CompileError, compile_file

CASES = {
    "a cause that would be evaluated": (
        "class R(cam.Refusal):\n    pass\n",
        "    def go(self, n: int) -> int:\n        raise R() from ValueError(1 // n)\n",
        "a refusal has no cause",
    ),
    "a metaclass": (
        "class Meta(type):\n    pass\n\n\n@dataclass(frozen=True)\nclass D(metaclass=Meta):\n    a: int\n",
        "    def go(self) -> int:\n        return D(1).a\n",
        "`D` has the metaclass `Meta`",
    ),
    "a field declared twice": (
        "",
        "    c: int = 5\n\n    def go(self) -> int:\n        return self.c\n",
        "declared twice",
    ),
    "a refusal's field that hides one of Python's": (
        "class R(cam.Refusal):\n    args: int\n",
        "    def go(self) -> int:\n        raise R(1)\n",
        "`args` has a meaning of its own",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_only_looks_like_the_language_is_refused(case: str, tmp_path: Path) -> None:
    before, body, reason = CASES[case]
    file = tmp_path / "lookalike.py"
    file.write_text(
        "from __future__ import annotations\n\nfrom dataclasses import dataclass\n\nimport camshaft as cam\n\n"
        f"{before}\n\nclass M(cam.Machine):\n    c: int = 0\n{body}"
    )
    with pytest.raises(CompileError) as refused:
        compile_file(file)
    assert reason in str(refused.value)


def test_a_migration_to_a_class_of_another_file_is_refused(tmp_path: Path) -> None:
    """An upgrade to this file would never run it, and would derive one in its place."""
    old = "import camshaft as cam\n\n\nclass Tally(cam.Machine):\n    c: int = 0\n"
    (tmp_path / "tally_old.py").write_text(old)
    file = tmp_path / "tally_new.py"
    file.write_text(
        f"import tally_old\n{old}    d: int = 1\n\n\n"
        "@cam.migration\ndef same(was: tally_old.Tally) -> tally_old.Tally:\n    return tally_old.Tally(c=was.c)\n"
    )
    with pytest.raises(CompileError, match=r"`same` makes a `tally_old\.Tally`, which is not a machine of this file"):
        compile_file(file)
