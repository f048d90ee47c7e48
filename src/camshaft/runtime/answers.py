"""What was decided about changes that carry an id: decided once, and answered again when they are repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeAlias

from camshaft.errors import Rejected
from camshaft.runtime.migration import rejection
from camshaft.runtime.outcomes import Released, RolledBack, Steered, TakenBack, Upgraded, Void

Change: TypeAlias = Upgraded | RolledBack | Steered | Released | TakenBack | Void
"""What is decided about an upgrade, a release, a rollback of either or a step of a rollout."""


class Answers(dict[str, tuple[bytes, Change]]):
    """The answers by the ids of what they answer, each with the SHA-256 of what was asked."""

    __slots__ = ()

    def answer(self, id_: str, asked: bytes) -> Change | None:
        """What was decided about the change of this id, or None where it is new.

        Raises `Rejected` where the id was used for other bytes: that is no retry.
        """
        found = self.get(id_)
        if found is None:
            return None
        digest, answer = found
        if digest != hashlib.sha256(asked).digest():
            raise rejection(f"another upgrade or rollback had the id {id_}: each needs an id of its own")
        return answer

    def once(self, id_: str, asked: bytes, decide: Callable[[], Change]) -> Change:
        """What was decided when this was asked for the first time, which may be now."""
        try:
            answer = self.answer(id_, asked)
        except Rejected as error:
            return Void(str(error))
        if answer is None:
            answer = decide()
            self[id_] = hashlib.sha256(asked).digest(), answer
        return answer
