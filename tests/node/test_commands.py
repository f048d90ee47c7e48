"""The table of commands, and what is said about it elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from camshaft.node.commands import COMMANDS, Command, checked, find
from camshaft.node.session import Misuse

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"


every_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)


@every_command
def test_a_command_is_documented_as_the_table_says(command: Command) -> None:
    documented = PROTOCOL.read_text().replace("\\|", "|")
    assert f"| `{command.usage}` | {command.meaning} |" in documented


@every_command
def test_the_arity_of_a_command_is_what_it_takes(command: Command) -> None:
    required = len(re.sub(r"\[.*\]", "", command.takes).replace("…", "").split()) + 1
    takes_more = "[" in command.takes or "…" in command.takes
    if takes_more:
        assert -required <= command.arity < 0
    else:
        assert abs(command.arity) == required


@every_command
def test_a_command_is_found_in_any_case(command: Command) -> None:
    assert find(command.name.lower().encode()) is command
    assert find(command.name.title().encode()) is command


@every_command
def test_too_few_words_are_told_what_it_takes(command: Command) -> None:
    least = abs(command.arity)
    if least > 1:
        with pytest.raises(Misuse, match=re.escape(f"it is: {command.usage}")):
            checked([command.name.encode()] * (least - 1))
    assert checked([command.name.encode()] * least) is command


@pytest.mark.parametrize("name", [b"", b"\xff\xfe", b"x" * 100_000, b"GET"])
def test_an_unknown_command_is_told_where_to_look(name: bytes) -> None:
    with pytest.raises(Misuse) as error:
        find(name)
    assert len(str(error.value)) < 400
    assert "unknown command" in str(error.value)
