"""Making much that stays, without the garbage collector.

Trees, terms and types live until a program is there and hardly any of them is in a circle, and values never are:
each collection on the way looks at all of them in vain. It takes a fifth of the time of compiling a large file and more
than half of that of reading a snapshot of a million entries.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collections() -> Iterator[None]:
    """Do not look for garbage in circles within this block. Where somebody has stopped that already, it stays so."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
