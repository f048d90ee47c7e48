"""Types as plans show them: as everywhere else, but `Optional[Int]` for what may be absent."""

from __future__ import annotations

from camshaft.values.types import Type, optional_payload, show


def typed(type_: Type) -> str:
    """A type as a plan shows it."""
    payload = optional_payload(type_)
    return show(type_) if payload is None else f"Optional[{show(payload[1])}]"
