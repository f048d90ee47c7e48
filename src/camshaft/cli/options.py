"""Options and arguments that several commands share, so that they are called and explained the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from camshaft.client.endpoint import DEFAULT_HOST, DEFAULT_PORT

Host = Annotated[str, typer.Option("--host", help="Where the node runs.", envvar="CAMSHAFT_HOST")]
Port = Annotated[int, typer.Option("--port", help="The node's TCP port.", min=1, max=65535, envvar="CAMSHAFT_PORT")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Source = Annotated[Path, typer.Argument(metavar="FILE", help="A Python file that defines machines.")]
MachineName = Annotated[str, typer.Argument(metavar="MACHINE", help="A machine's name, such as `shopping-cart`.")]
InstanceAddress = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="A machine's name, or with a key: `counter`, `cart/alice`.")
]
OneMachine = Annotated[
    str | None, typer.Option("--machine", metavar="NAME", help="Which machine, where the file defines several.")
]

__all__ = [
    "DEFAULT_HOST",
    "DEFAULT_PORT",
    "AsJson",
    "Host",
    "InstanceAddress",
    "MachineName",
    "OneMachine",
    "Port",
    "Source",
]
