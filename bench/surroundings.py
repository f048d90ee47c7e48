"""On what is measured: the machine, and the versions of all that takes part."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

from programs import ESCRIPT, REDIS_SERVER

_PACKAGES = ("hiredis", "msgspec", "uvloop", "transitions", "python-statemachine", "eventsourcing")


def lines() -> list[str]:
    """What the page of results begins with."""
    versions = [
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *(f"{package} {version(package)}" for package in _PACKAGES),
        *_redis(),
        *_erlang(),
    ]
    system = f"{platform.system()} {platform.release()}"
    return [
        f"machine: {_processor()}, {os.cpu_count()} cores, {_memory_gib()} GiB, {system}",
        ", ".join(versions),
    ]


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _redis() -> list[str]:
    if not REDIS_SERVER.is_there:
        return []
    done = subprocess.run(["redis-server", "--version"], check=True, capture_output=True, text=True)
    return ["Redis " + found for found in re.findall(r"v=(\S+)", done.stdout)]


def _erlang() -> list[str]:
    if not ESCRIPT.is_there:
        return []
    tell = 'io:format("~s", [erlang:system_info(otp_release)]), halt().'
    done = subprocess.run(["erl", "-noshell", "-eval", tell], check=True, capture_output=True, text=True)
    return [f"Erlang/OTP {done.stdout}"]
