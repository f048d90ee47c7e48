"""Telling a supervisor how the node is, as systemd asks for it: `sd_notify`, a datagram to a socket that it names.

Where no supervisor has named one, nothing is told.
"""

from __future__ import annotations

import logging
import os
import socket
from typing import Final

_VARIABLE: Final = "NOTIFY_SOCKET"

log: Final = logging.getLogger(__name__)


def notify(*assignments: str) -> None:
    """Tell the supervisor, as in `READY=1`. One that does not listen is no trouble of the node's clients."""
    address = os.environ.get(_VARIABLE)
    if not address:
        return
    # A name that begins with @ is in the abstract namespace, where it begins with a zero.
    name = f"\0{address[1:]}" if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.sendto("\n".join(assignments).encode(), name)
    except OSError as error:
        log.warning("the supervisor at %s cannot be told: %s", address, error)
