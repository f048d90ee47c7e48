"""The shim as a library: built where it is first needed, and the environment that loads it."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
_TESTS = Path(__file__).parents[1]


class Fault(Enum):
    """What happens to an operation; see the head of `shim.c`."""

    KILL = "kill"
    TORN = "torn"
    NO_SPACE = "ENOSPC"
    IO_ERROR = "EIO"
    WRITE_ERROR = "EIOW"
    READ_ONLY = "EROFS"
    CHILD_KILL = "alone"


WRITER_FAULTS = (Fault.KILL, Fault.TORN, Fault.NO_SPACE, Fault.IO_ERROR, Fault.WRITE_ERROR)
"""Those that happen to a process that writes a journal and nothing else."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A fault at the operation of this number, counted from 1, and at as many after it of the kind that can have it."""

    fault: Fault
    at: int
    times: int = 1


@functools.cache
def library() -> Path:
    """The built shim. It stays in a directory of this process until that ends."""
    compiler = shutil.which("cc")
    assert compiler is not None, "the tests of crash safety need a C compiler as `cc`: on Debian, apt-get install gcc"
    built = Path(tempfile.mkdtemp(prefix="camshaft-shim-")) / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(built), str(SOURCE), "-lpthread"]
    subprocess.run(command, check=True)
    return built


def environment(directory: Path, record: Path | None = None, failing: Failing | None = None) -> dict[str, str]:
    """The environment of a process whose operations below a directory are recorded, or fail.

    Processes whose records are in one directory have one order of operations.
    """
    path = os.pathsep.join(filter(None, (str(_TESTS), os.environ.get("PYTHONPATH"))))
    made = {**os.environ, "PYTHONPATH": path, "LD_PRELOAD": str(library()), "TORTURE_DIR": str(directory)}
    if record is not None:
        made |= {"TORTURE_LOG": str(record), "TORTURE_ORDER": str(record.with_name("order"))}
    if failing is not None:
        made |= {
            "TORTURE_FAULT": failing.fault.value,
            "TORTURE_AT": str(failing.at),
            "TORTURE_TIMES": str(failing.times),
        }
    return made
