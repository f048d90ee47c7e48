from __future__ import annotations

import subprocess
import sys

import pytest

import camshaft


@pytest.mark.parametrize("name", camshaft.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(camshaft, name) is not None
    assert name in dir(camshaft)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'camshaft' has no attribute 'Machin'"):
        _ = camshaft.Machin  # type: ignore[attr-defined]  # on purpose


def test_a_machine_s_file_imports_neither_the_compiler_nor_the_node() -> None:
    program = (
        "import sys\nfrom camshaft import Machine, Refusal, migration\n"
        "print([name for name in sys.modules if name.startswith(('camshaft.language.compile', 'camshaft.node'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
