"""Each code has a page, whose refused example is refused with that code alone, and whose accepted one is accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from camshaft.language.compile import CompileError, compile_file
from camshaft.language.diagnostics import Code
from camshaft.language.explanations import code_of, explanation

# These are about files that change or are missing: no file alone is an example of them.
WITHOUT_EXAMPLES = {Code.STALE, Code.NO_SOURCE}


def examples(code: Code) -> list[str]:
    return re.findall(r"```python\n(.*?)```", explanation(code), re.DOTALL)


@pytest.mark.parametrize("code", Code)
def test_a_page_names_its_code_and_has_examples_that_are_what_it_says(code: Code, tmp_path: Path) -> None:
    page = explanation(code)
    assert page.startswith(f"# {code.number}: {code.title}\n\n")
    if code in WITHOUT_EXAMPLES:
        assert examples(code) == []
        return
    refused, accepted = examples(code)
    file = tmp_path / "machine.py"
    file.write_text(refused)
    with pytest.raises(CompileError) as caught:
        compile_file(file)
    assert {one.code for one in caught.value.diagnostics} == {code}
    file.write_text(accepted)
    assert compile_file(file).machines


@pytest.mark.parametrize("text", ["CAM012", "cam012", "12", " 012 "])
def test_a_code_is_found_as_people_write_it(text: str) -> None:
    assert code_of(text) is Code.ALIAS


def test_what_is_no_code_is_none() -> None:
    assert code_of("CAM999") is None
    assert code_of("") is None
