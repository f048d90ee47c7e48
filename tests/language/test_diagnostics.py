"""What the compiler says: each file beside this one holds a source and, after a line of `=`, what is said about it.

`CAMSHAFT_REWRITE_GOLDEN=1` writes what is said now into the files, to be read in the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from camshaft.language.compile import CompileError, compile_file
from camshaft.language.diagnostics import Code

GOLDEN = Path(__file__).parent / "diagnostics"
SEPARATOR = "=" * 100 + "\n"


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.txt")))
def test_the_golden_text_is_what_is_said(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    golden = GOLDEN / f"{name}.txt"
    source, _, expected = golden.read_text().partition(SEPARATOR)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "box.py"
    file.write_text(source)
    with pytest.raises(CompileError) as caught:
        compile_file(file)
    found = str(caught.value) + "\n"
    if os.environ.get("CAMSHAFT_REWRITE_GOLDEN") == "1":
        golden.write_text(source + SEPARATOR + found)
    else:
        assert found == expected


def test_codes_are_distinct_and_stay_in_order() -> None:
    numbers = [code.number for code in Code]
    assert numbers == sorted(set(numbers))
