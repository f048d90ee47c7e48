"""The corpus under every Python from 3.11 on that is installed: all must say the same, line by line.

    PYTHONPATH=tests python -m corpus.pythons     (`make pythons`)

Looked for are `python3.11`, `python3.12`, … on the path and the versions of pyenv, where it is. Each version gets a
virtual environment of its own beside the project's, `.venv-3.12`, with the same pinned packages.
"""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from corpus.programs import HERE

ROOT: Final = HERE.parent.parent
OLDEST: Final = (3, 11)
_VERSION: Final = "import sys; print(*sys.version_info[:2], sys.implementation.name)"


def installed() -> dict[tuple[int, int], Path]:
    """An interpreter of each version, oldest first. One that does not run, as a shim may not, is none."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    named = [file for folder in folders for file in folder.glob("python3.[0-9]*") if file.suffix[1:].isdigit()]
    found: dict[tuple[int, int], Path] = {}
    for path in [Path(sys.executable), *named, *pyenv.glob("versions/*/bin/python3")]:
        version = _version(path)
        if version is not None and version >= OLDEST:
            found.setdefault(version, path)
    return dict(sorted(found.items()))


def _version(path: Path) -> tuple[int, int] | None:
    if not os.access(path, os.X_OK):
        return None
    done = subprocess.run([path, "-c", _VERSION], capture_output=True, text=True)
    words = done.stdout.split()
    if done.returncode != 0 or len(words) != 3 or words[2] != "cpython":
        return None
    return int(words[0]), int(words[1])


def lines_under(python: Path, seed: str) -> list[str]:
    """What the corpus says under an interpreter that has Camshaft's packages, with a hash seed.

    Raises CalledProcessError where a program does not agree; what it says about that is on stderr.
    """
    places = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    environment = {**os.environ, "PYTHONPATH": places, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [python, "-m", "corpus.run"], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.splitlines()


def _environment(version: tuple[int, int], python: Path) -> Path:
    """The interpreter of a virtual environment for a version, made where it is missing."""
    folder = ".venv-" + ".".join(map(str, version))
    subprocess.run(["make", "-s", f"VENV={folder}", f"PYTHON={python}", f"{folder}/.installed"], cwd=ROOT, check=True)
    return ROOT / folder / "bin" / "python"


def main() -> None:
    """Run the corpus under each version; exit with 1 where one says something else."""
    expected = lines_under(Path(sys.executable), "0")
    versions = installed()
    for version, python in versions.items():
        if version == sys.version_info[:2]:
            continue
        found = lines_under(_environment(version, python), "random")
        if found != expected:
            for line in difflib.unified_diff(expected, found, "here", ".".join(map(str, version)), lineterm="", n=0):
                print(line)
            sys.exit(1)
    print("the same under", ", ".join(".".join(map(str, version)) for version in versions))


if __name__ == "__main__":
    main()
