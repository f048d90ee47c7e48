"""Addresses of instances: `counter`, or `cart/alice` with a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from camshaft.errors import Rejected
from camshaft.values.check import is_text

MAX_KEY_BYTES: Final = 256
_MACHINE_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
# C0, DEL and C1: what could reach into the terminal of whoever lists instances.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def is_machine_name(name: str) -> bool:
    """Whether a name may be a machine's: lower-case letters, digits and hyphens, at most 64, a letter first."""
    return _MACHINE_NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """A machine's name and an instance's key, None for the instance without one."""

    machine: str
    key: str | None = None

    @staticmethod
    def parse(text: str) -> Address:
        """The address that a text names: everything after the first `/` is the key.

        Raises:
            Rejected: the name is no machine's name, or the key is empty, too long or holds control characters.
        """
        machine, slash, key = text.partition("/")
        if not is_machine_name(machine):
            raise Rejected(
                f"{_shown(machine)} is no machine's name: lower-case letters, digits and hyphens, "
                "at most 64, a letter first"
            )
        if not slash:
            return Address(machine)
        return Address(machine, checked_key(key))

    def __str__(self) -> str:
        return self.machine if self.key is None else f"{self.machine}/{self.key}"


def checked_key(key: str) -> str:
    """The key itself, where it may be one.

    Raises:
        Rejected: it is empty, longer than `MAX_KEY_BYTES` in UTF-8, or holds control characters or lone surrogates.
    """
    if key.isascii() and key.isprintable() and 0 < len(key) <= MAX_KEY_BYTES:
        return key  # nearly all are such, and a node asks this for each call
    if not key:
        raise Rejected("the key after `/` is empty: leave the `/` out for the instance without a key")
    if _CONTROL.search(key) or not is_text(key):
        raise Rejected(f"the key {_shown(key)} holds control characters")
    size = len(key.encode())
    if size > MAX_KEY_BYTES:
        raise Rejected(f"the key {_shown(key)} has {size} bytes; at most {MAX_KEY_BYTES} are allowed")
    return key


def _shown(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= 60 else shown[:57] + "…"
