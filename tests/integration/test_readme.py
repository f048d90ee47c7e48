"""The session that opens the README, typed into a shell against a real node, prints what the README says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from generators.nodes import CAMSHAFT, EXAMPLES, ROOT, NodeProcess, camshaft, environment, serving

CONSOLES = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def steps(console: str) -> list[tuple[str, str]]:
    """Each command of a session, without the prompt and the remark, with what it prints."""
    parts = re.split(r"^\$ (.*)\n", console, flags=re.MULTILINE)[1:]
    return [(line.split("  #")[0].rstrip(), output) for line, output in zip(parts[::2], parts[1::2], strict=True)]


def without_ids(text: str) -> str:
    """Versions belong to the compiler; the README is about what happens to them."""
    return re.sub(r"\b[0-9a-f]{12}\b", "<version>", text)


def typed(command: str, directory: Path, node: NodeProcess) -> str:
    """What somebody who types a command sees of it, less what `upgrade` explains on standard error."""
    path = f"{Path(CAMSHAFT).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        shell=True,
        cwd=directory,
        env={**environment(), "PATH": path, "CAMSHAFT_PORT": str(node.port)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + "".join(line for line in done.stderr.splitlines(True) if line.startswith("error: "))


def test_the_session_prints_what_the_readme_says_and_goes_on_after_a_kill(tmp_path: Path) -> None:
    serve, session = (console for console in CONSOLES if "counter.py" in console or "counter_v2.py" in console)
    assert [command for command, _ in steps(serve)] == ["camshaft serve counter.py --trace"]
    for name in ("counter.py", "counter_v2.py"):
        shutil.copy(EXAMPLES / name, tmp_path)
    machine, data = tmp_path / "counter.py", tmp_path / "camshaft-data"

    with serving(machine, "--trace", data=data) as node:
        for command, output in steps(session):
            assert without_ids(typed(command, tmp_path, node)) == without_ids(output), command
        node.kill()

    with serving(machine, "--trace", data=data, port=node.port) as node:
        assert node.answer("call", "counter", "value") == "3\n"
        node.answer("call", "counter", "incr")
        assert node.answer("call", "counter", "value") == "4\n"


@pytest.mark.parametrize(
    "command", sorted({word for console in CONSOLES for word in re.findall(r"camshaft (\w+)", console)})
)
def test_every_command_of_the_readme_explains_itself(command: str) -> None:
    done = camshaft(command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"camshaft {command}" in done.stdout
