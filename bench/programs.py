"""The programs beside which a node is measured: found, or installed where that can be done without asking anybody."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """A program that is not a Python package, and where it comes from."""

    name: str
    debian: str
    """Debian's and Ubuntu's package of it."""
    brew: str

    @property
    def is_there(self) -> bool:
        """Whether it is installed."""
        return shutil.which(self.name) is not None

    def install(self) -> bool:
        """Whether it is there. As root on a system with apt, it is installed where it was not."""
        if not self.is_there and shutil.which("apt-get") is not None and os.geteuid() == 0:
            print(f"installing {self.debian}, which has {self.name}", flush=True)
            for command in (["update"], ["install", "-y", "--no-install-recommends", self.debian]):
                subprocess.run(["apt-get", "-q", *command], check=False, stdin=subprocess.DEVNULL)
        return self.is_there

    @property
    def how_to_install(self) -> str:
        """What a reader of a table is told who does not have it."""
        return (
            f"`{self.name}` is not installed, and what needs it not measured. Debian, Ubuntu: "
            f"`apt-get install {self.debian}`. macOS: `brew install {self.brew}`."
        )


REDIS_BENCHMARK = Program("redis-benchmark", "redis-tools", "redis")
REDIS_SERVER = Program("redis-server", "redis-server", "redis")
ESCRIPT = Program("escript", "erlang-base", "erlang")
