"""The documentation as a program: the files that a page defines, the Python that it runs, the sessions that it shows.

A block of Python that begins with `# name.py` is that file. All others of a page are one program, in their order. In a
session each line after `$` is typed into one shell, and what follows is what it prints; `camshaft serve … &` is a node
that the later commands talk to, until it is killed or the page ends. Blocks of other kinds are not code.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from generators.nodes import CAMSHAFT, ROOT, NodeProcess, environment

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# ([\w/]+\.py)\n")
_END = "--- the end of what it printed ---"
ABOUT_THE_MACHINE = ("make ", "pip ", "python -m venv ", ". ", "git ", "cd ", "mkdir ")
"""How the commands begin that set a computer up: the continuous integration does that, no test again."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, its text, and the line of the page that it begins at."""

    language: str
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """The name of the file that this block is, if it is one."""
        named = _FILE.match(self.text) if self.language == "python" else None
        return named[1] if named else None


@dataclass(frozen=True)
class Command:
    """A line of a session, and what the page says that it prints."""

    typed: str
    printed: str
    line: int


def blocks_of(page: Path) -> list[Block]:
    """The blocks of a page, in their order."""
    text = page.read_text()
    return [Block(one[1], one[2], text.count("\n", 0, one.start()) + 2) for one in _BLOCK.finditer(text)]


def commands_of(block: Block) -> list[Command]:
    """The commands of a session."""
    found: list[Command] = []
    for number, line in enumerate(block.text.splitlines(), block.line):
        if line.startswith("$ "):
            found.append(Command(line[2:].split("  #")[0].rstrip(), "", number))
        else:
            assert found, f"line {number}: a session begins with a command"
            last = found[-1]
            found[-1] = Command(last.typed, f"{last.printed}{line}\n", last.line)
    return found


def without_ids(text: str) -> str:
    """A text in which versions, times, random names, ports and blank ends of lines do not matter."""
    text = re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>", text)
    text = re.sub(r"\b[0-9a-f]{12}\b", "<version>", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "<time>", text)
    text = re.sub(r"\b\d+(\.\d+)? (µs|ms|s) in all\b", "<time> in all", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "<address>", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


class Page:
    """A page while it is run, in a directory of its own."""

    def __init__(self, page: Path, directory: Path) -> None:
        self._page = page
        self._directory = directory
        self._node: NodeProcess | None = None
        self._program: list[str] = []
        path = f"{Path(CAMSHAFT).parent}{os.pathsep}{os.environ['PATH']}"
        self._shell = subprocess.Popen(
            ["bash"],
            cwd=directory,
            env={**environment(), "COLUMNS": "100", "PATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self) -> None:
        """Run all of it. Raises AssertionError, with the line of the page, at the first that is not as it says."""
        try:
            for block in blocks_of(self._page):
                self._run_block(block)
            self._run_program()
        finally:
            self._kill()
            self._shell.communicate()

    def _run_block(self, block: Block) -> None:
        if block.file is not None:
            path = self._directory / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        elif block.language == "python":
            # Blank lines keep the lines of tracebacks those of the page.
            so_far = sum(part.count("\n") for part in self._program)
            self._program.append("\n" * max(0, block.line - 1 - so_far) + block.text)
        elif block.language == "console":
            # What is shown before may be imported by what is typed now.
            for command in commands_of(block):
                if not command.typed.startswith(ABOUT_THE_MACHINE):
                    self._type(command)

    def _type(self, command: Command) -> None:
        where = f"{self._page.name}, line {command.line}: `{command.typed}`"
        if command.typed.startswith("camshaft serve "):
            self._serve(command, where)
        elif command.typed == "kill -9 %1":
            self._kill()
        else:
            found = self._output(command.typed)
            assert without_ids(found) == without_ids(command.printed), f"{where} printed:\n{found}"

    def _serve(self, command: Command, where: str) -> None:
        words = shlex.split(command.typed)
        assert words[-1] == "&", f"{where}: a node runs in the background"
        self._kill()
        files = [self._directory / word if word.endswith(".py") else word for word in words[2:-1]]
        self._node = NodeProcess(*files, data=self._directory / "camshaft-data")
        said = "\n".join(self._node.said).replace(f"{self._directory}{os.sep}", "")
        assert without_ids(said) == without_ids(command.printed), f"{where} printed:\n{said}"

    def _output(self, typed: str) -> str:
        """What the shell prints for a line."""
        shell = self._shell
        assert shell.stdin is not None
        assert shell.stdout is not None
        if self._node is not None:
            shell.stdin.write(f"export CAMSHAFT_PORT={self._node.port}\n")
        # The shell reads its own lines from where a command would read: each gets nothing instead.
        shell.stdin.write(f"{{ {typed}\n}} </dev/null; printf '\\n{_END}\\n'\n")
        shell.stdin.flush()
        lines: list[str] = []
        for line in shell.stdout:
            if line == f"{_END}\n":
                return "".join(lines)
            lines.append(line)
        raise AssertionError(f"the shell ended at `{typed}`")

    def _run_program(self) -> None:
        if not self._program:
            return
        program = self._directory / "page.py"
        program.write_text("".join(self._program))
        done = subprocess.run(
            [sys.executable, str(program)], cwd=self._directory, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{self._page.name}: {done.stderr}"

    def _kill(self) -> None:
        if self._node is not None:
            self._node.kill()
            self._node = None


PAGES = [
    ROOT / "docs" / name
    for name in (
        "tutorial.md",
        "language.md",
        "rollback.md",
        "operating.md",
        "rollouts.md",
        "chains.md",
        "upgrades.md",
        "clients.md",
        "testing.md",
        "rehearsal.md",
        "releases.md",
    )
]
"""The pages whose code runs whole; README.md and docs/category.md have tests of their own."""
