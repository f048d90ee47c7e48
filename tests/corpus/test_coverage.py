"""The programs that are compared with Python use all of the language."""

from __future__ import annotations

from corpus.coverage import language, used


def test_every_construct_and_library_function_is_in_some_program() -> None:
    assert sorted(language() - set(used())) == []
