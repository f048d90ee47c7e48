"""What the commands of one node share, and the figures that it keeps about itself."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from camshaft.node.apart import Children
from camshaft.node.calls import Calls
from camshaft.node.clients import Clients
from camshaft.node.limits import Limits
from camshaft.node.rates import Rate
from camshaft.node.slow import SlowLog
from camshaft.node.snapshotter import Snapshotter
from camshaft.node.trace import Trace
from camshaft.runtime.replica import Replica


def full_collections() -> int:
    """How many collections of all generations Python's garbage collector has made."""
    return int(gc.get_stats()[-1]["collections"])


@dataclass(slots=True)
class Figures:
    """What a node has done since it started."""

    started_at_s: float = field(default_factory=time.monotonic)
    full_collections: int = field(default_factory=full_collections)
    """How many collections of all generations Python had made before."""
    commands: int = 0
    """Commands of any kind."""
    inputs: int = 0
    """Inputs that were journaled."""
    queries: int = 0
    batches: int = 0
    errors: int = 0
    """Replies that were errors, refusals and traps among them."""


@dataclass(slots=True)
class Context:
    """One node, as its commands see it."""

    replica: Replica
    calls: Calls
    clients: Clients
    limits: Limits
    trace: Trace | None
    snapshotter: Snapshotter
    children: Children
    settle: Callable[[], None]
    """Commits the inputs that were collected so far: called before anything that changes what runs."""
    figures: Figures = field(default_factory=Figures)
    slow: SlowLog = field(default_factory=SlowLog)
    rate: Rate = field(default_factory=Rate)
    """Of the commands, as `figures` counts them."""
    host: str = ""
    port: int = 0
