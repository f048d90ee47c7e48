"""The whole corpus under this Python, a line for each program: its name, its id, and a digest of all that was seen.

    PYTHONPATH=tests python -m corpus.run

The lines are the same under every version of Python and every hash seed: whoever compares them, compares those.
The last one, on stderr, says which Python it was.
"""

from __future__ import annotations

import os
import platform
import sys

from corpus.judge import Program, judge
from corpus.programs import accepted


def main() -> None:
    """Judge every program. Raises Disagreement at the first that does not agree."""
    inputs = 0
    for path in accepted():
        report = judge(Program(path))
        inputs += report.inputs
        print(f"{path.parent.name}/{path.stem} {report.program_id[:16]} {report.digest[:16]}")
    seed = os.environ.get("PYTHONHASHSEED", "random")
    version = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{version}, hash seed {seed}: {len(accepted())} programs, {inputs} inputs agree", file=sys.stderr)


if __name__ == "__main__":
    main()
