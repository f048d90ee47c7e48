"""The demo itself, with less load than people see: a real node, two client processes, five upgrades, one SIGKILL."""

from __future__ import annotations

import re
import subprocess
import sys

from generators.nodes import environment

SHORT_DEMO = "import sys; from camshaft.cli.demo import Load, run_demo; sys.exit(run_demo(Load(40, 0.1)))"


def test_the_demo_keeps_every_acknowledged_call_exactly_once_and_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHORT_DEMO],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=120,
        check=False,
    )
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    for step in ("upgrade 1", "refused: ill-typed", "upgrade 2", "SIGKILL", "refused: for a version", "upgrade 3"):
        assert f"✓ {step}" in said
    assert re.search(r"All [\d,]+ acknowledged calls are in the final state, each exactly once\.", said)
