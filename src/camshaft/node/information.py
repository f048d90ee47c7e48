"""What a node tells about itself: INFO and SLOWLOG for operators, CONFIG GET for tools that were written for Redis."""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from camshaft.journal.journal import Durability
from camshaft.node.calls import text_of
from camshaft.node.connection import Connection
from camshaft.node.context import Context, full_collections
from camshaft.node.session import OK, VERSION, Misuse
from camshaft.node.slow import MOST_SLOW, SLOW_S

_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_RUSAGE_BYTES: Final = 1024
"""In what Linux counts the peak of memory."""
_FEW_SLOW: Final = 10
_MOST_DIGITS: Final = 18
_MOST_PATTERNS: Final = 64
_LONGEST_PATTERN: Final = 64


def info(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """INFO [section …]"""
    asked = {text_of(word, "a section").lower() for word in words[1:]} - {"default", "all", "everything"}
    sections = [
        f"# {name.capitalize()}\r\n" + "".join(f"{field}:{value}\r\n" for field, value in fields(context))
        for name, fields in _SECTIONS.items()
        if not asked or name in asked
    ]
    return "\r\n".join(sections)


def config(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """CONFIG GET pattern …"""
    match [words[1].upper(), *words[2:]]:
        case [b"GET", _, *_]:
            patterns = [text_of(word, "a pattern").lower() for word in words[2:]]
            # Each is compiled to a regular expression, and Python keeps some of these.
            if len(patterns) > _MOST_PATTERNS or any(len(pattern) > _LONGEST_PATTERN for pattern in patterns):
                raise Misuse(f"CONFIG GET takes at most {_MOST_PATTERNS} patterns of {_LONGEST_PATTERN} characters")
            settings = _settings(context)
            return {
                name: value
                for name, value in settings.items()
                if any(fnmatchcase(name, pattern) for pattern in patterns)
            }
        case [b"RESETSTAT"]:
            before = context.figures
            context.figures = type(before)(started_at_s=before.started_at_s, full_collections=before.full_collections)
            return OK
        case _:
            raise Misuse("a node's settings are given when it is started; CONFIG GET pattern reads them")


def slowlog(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """SLOWLOG GET|LEN|RESET [count]"""
    match [words[1].upper(), *words[2:]]:
        case [b"GET"]:
            found = context.slow.last(_FEW_SLOW)
        case [b"GET", b"-1"]:
            found = context.slow.last(MOST_SLOW)
        case [b"GET", count] if count.isdigit() and len(count) <= _MOST_DIGITS:
            found = context.slow.last(int(count))
        case [b"LEN"]:
            return len(context.slow)
        case [b"RESET"]:
            context.slow.clear()
            return OK
        case _:
            raise Misuse("SLOWLOG is followed by GET and how many (-1: all), by LEN, or by RESET")
    # Who asked is not told: a batch has the inputs of many.
    return [[each.id, each.time_s, each.took_us, list(each.words), "", ""] for each in found]


def _settings(context: Context) -> dict[str, str]:
    limits, durability = context.limits, context.replica.journal.durability
    is_on_disk = durability is not Durability.MEMORY
    return {
        "appendonly": "yes" if is_on_disk else "no",
        "appendfsync": durability.value if is_on_disk else "no",
        "durability": durability.value,
        "save": "",
        "databases": "1",
        "bind": context.host,
        "port": str(context.port),
        "maxclients": str(context.clients.capacity),
        "timeout": f"{limits.idle_s:g}",
        "proto-max-bulk-len": str(limits.frame_bytes),
        "slowlog-log-slower-than": str(int(SLOW_S * 1_000_000)),
        "slowlog-max-len": str(MOST_SLOW),
    }


_Fields = Iterable[tuple[str, object]]


def _server(context: Context) -> _Fields:
    uptime_s = int(time.monotonic() - context.figures.started_at_s)
    return [
        ("camshaft_version", VERSION),
        ("python_version", platform.python_version()),
        ("os", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("process_id", os.getpid()),
        ("tcp_port", context.port),
        ("uptime_in_seconds", uptime_s),
        ("uptime_in_days", uptime_s // 86_400),
    ]


def _clients(context: Context) -> _Fields:
    clients = context.clients
    return [
        ("connected_clients", len(clients.connected)),
        ("maxclients", clients.capacity),
        ("monitors", len(clients.monitors)),
        ("pending_commands", clients.pending),
        ("pending_command_bytes", clients.pending_bytes),
        ("owed_reply_bytes", clients.owed_bytes),
    ]


def _memory(context: Context) -> _Fields:
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
    peak = max(resident, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RUSAGE_BYTES)
    # A collection of all generations would hold up everybody: a node that makes one has a defect.
    full = full_collections() - context.figures.full_collections
    return [("used_memory_rss", resident), ("used_memory_peak", peak), ("full_garbage_collections", full)]


def _cpu(_context: Context) -> _Fields:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return [("used_cpu_sys", f"{used.ru_stime:.6f}"), ("used_cpu_user", f"{used.ru_utime:.6f}")]


def _stats(context: Context) -> _Fields:
    figures, clients = context.figures, context.clients
    return [
        ("total_connections_received", clients.accepted),
        ("rejected_connections", clients.turned_away),
        ("slow_clients_cut_off", clients.cut_off),
        ("busy_replies", clients.busy),
        ("total_commands_processed", figures.commands),
        ("instantaneous_ops_per_sec", context.rate.per_second),
        ("total_inputs_journaled", figures.inputs),
        ("total_batches_committed", figures.batches),
        ("total_queries", figures.queries),
        ("total_error_replies", figures.errors),
        ("slow_inputs", len(context.slow)),
    ]


def _persistence(context: Context) -> _Fields:
    journal = context.replica.journal
    fields: list[tuple[str, object]] = [
        ("loading", 0),
        ("durability", journal.durability.value),
        ("journal_begin", journal.begin),
        ("journal_position", context.replica.engine.position),
        ("journal_synced_position", journal.synced_position),
        ("last_batch_time_us", context.replica.engine.time_us),
    ]
    snapshotter, replica = context.snapshotter, context.replica
    fields += [
        ("last_snapshot_position", replica.snapshot_position),
        ("last_snapshot_status", "failed" if snapshotter.last_failed else "ok"),
        ("last_snapshot_seconds", f"{snapshotter.last_seconds:.3f}"),
        ("last_snapshot_pause_us", snapshotter.pause_us),
        ("snapshot_in_progress", int(snapshotter.writing is not None)),
    ]
    path = getattr(journal, "path", None)
    if isinstance(path, Path):
        fields += [("journal_file", path), ("journal_bytes", _size(path))]
    return fields


def _machines(context: Context) -> _Fields:
    engine = context.replica.engine
    return [("programs", len(engine.catalog.programs)), ("machines", len(engine.machines))] + [
        (f"machine_{name}", f"id={machine.loaded.id[:12]},instances={machine.count}")
        for name, machine in engine.machines.items()
    ]


_SECTIONS: Final[dict[str, Callable[[Context], _Fields]]] = {
    "server": _server,
    "clients": _clients,
    "memory": _memory,
    "cpu": _cpu,
    "stats": _stats,
    "persistence": _persistence,
    "machines": _machines,
}


def _size(path: Path) -> int:
    # The write-ahead log beside the file holds what came last.
    return sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*"))
