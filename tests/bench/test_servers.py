"""What a node is measured beside counts as the node does, and is said to be missing where it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

import eventsourced
import tracing
from programs import ESCRIPT, REDIS_SERVER, Program
from scaling import fill
from servers import BY_CALL, BY_TURN, FCALL, GEN_SERVER, INCR, OURS, ask, ask_all, node_of, servers

Start = Callable[[Path | None, ExitStack], eventsourced.Contender]
NEEDS = {FCALL: REDIS_SERVER, INCR: REDIS_SERVER, GEN_SERVER: ESCRIPT}


@pytest.mark.parametrize(("name", "durability"), [
    (OURS, "memory"), (BY_CALL, "always"), (BY_TURN, "always"), (BY_TURN, "everysec"),
    (FCALL, "everysec"), (INCR, "memory"), (GEN_SERVER, "always"), (GEN_SERVER, "memory"),
])  # fmt: skip
def test_a_server_that_is_there_counts_up_and_one_that_is_not_says_how_to_get_it(name: str, durability: str) -> None:
    with servers(durability, [name]) as found:
        if not found:
            assert f"apt-get install {NEEDS[name].debian}" in NEEDS[name].how_to_install
            return
        (server,) = found
        assert server.counted() == 0
        for _ in range(3):
            ask(server.port, *server.count)
        assert server.counted() == 3
        ask(server.port, *server.keyed("/7"))
        assert server.counted() == 3


def test_the_counters_that_a_curve_needs_are_there_before_it_is_drawn() -> None:
    with servers("everysec", [BY_TURN]) as (server,):
        fill(server, range(2_500))
        fill(server, range(2_500, 2_503))
        asked = [("GET", f"counter/{number:012d}") for number in (0, 1_000, 2_502, 2_503)]
        assert ask_all(server.port, asked) == [1, 1, 1, 0]


@pytest.mark.parametrize("start", eventsourced.CONTENDERS, ids=lambda start: str(start.__name__))
def test_a_counter_in_this_process_counts_each_call(start: Start, tmp_path: Path) -> None:
    with ExitStack() as stack:
        for counter in (start(tmp_path, stack), start(None, stack)):
            counter.one_by_one(3)
            counter.together(4)
            assert counter.count() == 7


def test_a_server_that_refuses_a_command_is_not_measured() -> None:
    with servers("always", [BY_CALL]) as (server,), pytest.raises(RuntimeError, match="unknown command"):
        ask(server.port, "FLUSHALL")


def test_a_node_without_the_questions_whether_to_trace_counts_as_any_other(tmp_path: Path) -> None:
    assert tracing.copy_without_questions(tmp_path) > 5
    changed = tmp_path / "camshaft" / "node"
    assert [path.name for path in changed.glob("*.py") if ".trace is" in path.read_text()] == []
    main = changed.parent / "__main__.py"
    main.write_text("open(__file__ + '.ran', 'x').close()\nfrom camshaft.cli.main import main\nmain()\n")
    with node_of("changed", package=tmp_path) as server:
        ask(server.port, *server.count)
        assert server.counted() == 1
    assert main.with_name("__main__.py.ran").is_file()


def test_a_program_is_there_if_it_is_on_the_path() -> None:
    assert Program("env", "coreutils", "coreutils").install()
    absent = Program("camshaft-no-such-program", "erlang-base", "erlang")
    assert not absent.is_there
    assert "`apt-get install erlang-base`" in absent.how_to_install
