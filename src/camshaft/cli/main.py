"""The `camshaft` command: which commands there are, and how each kind of failure ends.

Exit codes: 0 done, 1 it failed and stderr says why, 2 the command was not understood, 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from camshaft.cli import (
    assembly,
    backing_up,
    calling,
    changing,
    checking,
    interfaces,
    operating,
    planning,
    recording,
    releasing,
    rolling_back,
    rollouts,
    serving,
)
from camshaft.cli.printing import print_error
from camshaft.errors import CamshaftError, Fault

app = typer.Typer(
    name="camshaft",
    help="Typed state machines that can be replaced while they run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
) -> None:
    """Typed state machines that can be replaced while they run."""
    if version:
        from importlib.metadata import version as installed_version

        typer.echo(f"camshaft {installed_version('camshaft')}")
        raise typer.Exit


def demo() -> None:
    """Run a node under load, upgrade it, kill it, and prove that nothing was lost."""
    from camshaft.cli.demo import run_demo

    raise typer.Exit(run_demo())


app.command()(serving.serve)
# A negative number is an argument of the machine's method, not an option.
app.command(context_settings={"ignore_unknown_options": True})(calling.call)
app.command()(calling.state)
app.command()(calling.machines)
app.command()(operating.instances)
app.command()(operating.delete)
app.command()(operating.info)
app.command()(operating.slow)
app.command()(calling.describe)
app.command()(calling.history)
app.command()(changing.deploy)
app.command()(changing.fuel)
app.command()(planning.plan)
app.command()(changing.upgrade)
app.command()(releasing.release)
app.command()(interfaces.clients)
app.command()(interfaces.retire)
app.command()(planning.stub)
app.command()(rolling_back.rollback)
app.command()(rollouts.rollout)
app.command()(rollouts.confirm)
app.command()(checking.check)
app.command()(checking.explain)
app.command()(assembly.dis)
app.command()(assembly.asm)
app.command()(backing_up.backup)
app.command()(backing_up.restore)
app.command()(backing_up.recover)
app.command()(recording.rehearse)
app.command()(recording.export)
app.command("import")(recording.import_)
app.command()(demo)


def main() -> None:
    """The entry point: run a command, and say what failed in one line, with exit code 1."""
    try:
        app()
    except Fault:
        # A bug of ours: whoever reports it needs the traceback.
        raise
    except CamshaftError as error:
        print_error(error)
        sys.exit(1)
