"""The pause of an upgrade: the longest gap that a client sees, calling without pause, with an upgrade and without.

One instance with a map of a million entries is upgraded by a migration that rewrites each of them. The client is a
process of its own; both gaps of a run are those of one node, one after the other. It asks queries: an input waits for
the disk, whose own pauses are longer than all others. Beside it Erlang on the same work,
where it is installed: a gen_server with a map, suspended, its code changed, resumed.

Then a hundred thousand small instances: what the swap takes by itself, and what the work behind it does in a second of
its process's time.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.upgrade import Upgrade, encode_upgrade
from camshaft.cli.demo_processes import NodeProcess
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine, compile_migration
from camshaft.runtime.entries import Entry, Input
from camshaft.runtime.replica import Replica
from figures import Figure, Table, at_least, at_most
from machines import archive, archive_v2
from programs import ESCRIPT

ENTRIES = 1_000_000
INSTANCES = 100_000
SECONDS = 6
MOST_ADDED_MS = 10.0
MOST_SWAP_MS = 10.0
LEAST_A_SECOND = 50_000
_PEER = Path(__file__).parent / "peers" / "pauses.erl"
_FILLED_AT_ONCE = 10_000


def measure(run_count: int) -> list[Table]:
    """The gaps of clients, and the swap of many instances."""
    return [_gaps(run_count), _swaps(run_count)]


# ---- one large instance ----------------------------------------------------------------------------------------------


def _gaps(run_count: int) -> Table:
    ours = [_our_gaps() for _ in range(run_count)]
    goal = at_most("what an upgrade adds to a client's longest gap", _added(ours).median, MOST_ADDED_MS, " ms", 1)
    rows = [(*_row("Camshaft", ours), *goal.cells)]
    remark = ""
    if not ESCRIPT.install():
        remark = ESCRIPT.how_to_install
    else:
        rows.append((*_row("Erlang/OTP", [_erlang_gaps() for _ in range(run_count)]), "", ""))
    columns = ("longest gap, ms", "without an upgrade", "with one", "added", "limit", "")
    title = f"An upgrade that rewrites {ENTRIES:,} entries of one map"
    return Table(title, columns, tuple(rows), remark, (goal,))


def _row(name: str, gaps: list[tuple[float, float]]) -> tuple[str, ...]:
    without, with_ = (Figure(tuple(each)) for each in zip(*gaps, strict=True))
    return name, without.show(1), with_.show(1), _added(gaps).show(1)


def _added(gaps: list[tuple[float, float]]) -> Figure:
    return Figure(tuple(with_ - without for without, with_ in gaps))


def _our_gaps() -> tuple[float, float]:
    """The longest gap of a client of one node, in ms: first without an upgrade, then with one."""
    with tempfile.TemporaryDirectory(prefix="camshaft-bench-") as directory:
        node = NodeProcess(Path(archive.__file__), Path(directory))
        try:
            node.start()
            with Client(node.endpoint) as client:
                for start in range(0, ENTRIES, _FILLED_AT_ONCE):
                    client.call("archive", "fill", [str(start), str(_FILLED_AT_ONCE)], {})
                longest_gap("archive", node.endpoint, SECONDS / 2)
                without = longest_gap("archive", node.endpoint, SECONDS)
                upgrade = _upgrade()
                caller = caller_of("archive", node.endpoint, SECONDS)
                time.sleep(SECONDS / 4)
                client.upgrade_bytes(upgrade)
                with_ = gap_of(caller)
                for number in (0, ENTRIES // 3, ENTRIES - 1):
                    if client.call("archive", "note", [str(number)], {}) != "none":
                        raise RuntimeError("the archive isn't what the migration was to make of it")
            node.stop()
        finally:
            node.discard()
    return without, with_


def _upgrade() -> bytes:
    old, new = (compile_machine(each).program for each in (archive.Archive, archive_v2.Archive))
    return _encoded(old, new, compile_migration(archive_v2.with_notes).program)


def _encoded(old: Program, new: Program, migration: Program) -> bytes:
    id_ = f"{time.time_ns():032x}"
    return encode_upgrade(Upgrade(id_, old.name, program_id(old), encode_program(new), encode_program(migration)))


def longest_gap(machine: str, node: Endpoint, seconds: float) -> float:
    """The longest time between two replies, in ms, that a client sees who asks for nothing but entries of a machine."""
    return gap_of(caller_of(machine, node, seconds))


def caller_of(machine: str, node: Endpoint, seconds: float) -> subprocess.Popen[bytes]:
    """That client, as a process."""
    command = [sys.executable, __file__, node.host, str(node.port), str(seconds), machine]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def gap_of(caller: subprocess.Popen[bytes]) -> float:
    """What that client has seen, once it has ended."""
    out, _ = caller.communicate(timeout=60)
    if caller.returncode != 0:
        raise RuntimeError("the client that calls without pause has failed")
    return float(out)


def _call_without_pause(host: str, port: int, seconds: float, machine: str) -> float:
    """The longest time between two replies, in ms, for a client that does nothing else."""
    with socket.create_connection((host, port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number, longest = 0, 0.0
        last = start = time.perf_counter()
        while last - start < seconds:
            text = str(number % ENTRIES)
            connection.sendall(
                b"*4\r\n$4\r\nCALL\r\n$%d\r\n%s\r\n$4\r\nlook\r\n$%d\r\n%s\r\n"
                % (len(machine), machine.encode(), len(text), text.encode())
            )
            reply = connection.recv(1_000)
            if not reply.startswith(b":"):
                raise RuntimeError(f"the node answered {reply!r}")
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
            number += 7_919
    return longest * 1_000


def _erlang_gaps() -> tuple[float, float]:
    done = subprocess.run(
        ["escript", str(_PEER), str(ENTRIES), str(SECONDS)], check=True, capture_output=True, text=True, timeout=300
    )
    without, with_ = done.stdout.split()
    return float(without), float(with_)


# ---- many small instances --------------------------------------------------------------------------------------------


def _swaps(run_count: int) -> Table:
    runs = [_swap() for _ in range(run_count)]
    swap, rate = (Figure(tuple(each)) for each in zip(*runs, strict=True))
    goals = (
        at_most(f"the swap of {INSTANCES:,} instances", swap.median, MOST_SWAP_MS, " ms"),
        at_least("instances migrated a second behind it", rate.median, LEAST_A_SECOND, "", 0),
    )
    rows = (
        ("the swap", f"{swap.show(2)} ms", *goals[0].cells),
        ("instances migrated a second behind it", rate.show(), *goals[1].cells),
    )
    columns = ("what", "figure", "limit", "")
    return Table(f"An upgrade of {INSTANCES:,} instances", columns, rows, goals=goals)


def _swap() -> tuple[float, float]:
    """The time of an upgrade of many instances in ms, and how many are migrated a second after it."""
    old, new = (compile_machine(each).program for each in (archive.Archive, archive_v2.Archive))
    replica = Replica(MemoryJournal())
    interface = replica.deploy(encode_program(old)).program_id
    for start in range(0, INSTANCES, 1_000):
        inputs: list[Entry] = [_filled(f"a{number}", interface) for number in range(start, start + 1_000)]
        replica.commit(inputs)
    upgrade = _encoded(old, new, compile_migration(archive_v2.with_notes).program)
    replica.engine.check_upgrade(upgrade)  # compiles the new version, as a plan does
    start_s = time.process_time()
    replica.upgrade(upgrade)
    swapped_s = time.process_time()
    while replica.engine.advance():
        pass
    done_s = time.process_time()
    return (swapped_s - start_s) * 1_000, INSTANCES / (done_s - swapped_s)


def _filled(key: str, interface: str) -> Input:
    arguments: tuple[Any, ...] = (0, 2)
    return Input("archive", key, "fill", arguments, interface)


if __name__ == "__main__":
    print(_call_without_pause(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]))
