"""A token bucket for each caller: so many calls at once, so many a second after that."""

from dataclasses import dataclass
from datetime import datetime

import camshaft as cam
from camshaft import Machine, Refusal

BURST = 20
PER_SECOND = 5


@dataclass
class Bucket:
    tokens: float
    filled_at: datetime


class TooManyCalls(Refusal):
    caller: str
    retry_after_s: float


class RateLimiter(Machine):
    """Who may call now."""

    buckets: dict[str, Bucket] = {}
    refused: int = 0

    def acquire(self, caller: str, tokens: int = 1) -> float:
        """Take tokens for one call; gives what is left. Raises TooManyCalls with the time to wait."""
        assert 0 < tokens <= BURST, f"one call takes between 1 and {BURST} tokens, not {tokens}"
        bucket = self._filled(caller)
        if bucket.tokens < tokens:
            raise TooManyCalls(caller=caller, retry_after_s=(tokens - bucket.tokens) / PER_SECOND)
        bucket.tokens -= tokens
        self.buckets[caller] = bucket
        return bucket.tokens

    def try_acquire(self, caller: str) -> bool:
        """Take a token if there is one. Unlike a refusal, a False is counted."""
        bucket = self._filled(caller)
        allowed = bucket.tokens >= 1
        if allowed:
            bucket.tokens -= 1
        else:
            self.refused += 1
        self.buckets[caller] = bucket
        return allowed

    def available(self, caller: str) -> float:
        """The tokens that a caller has now."""
        return self._filled(caller).tokens

    def forget_idle(self) -> int:
        """Drop the buckets that are full again; gives how many."""
        full = [caller for caller in self.buckets if self.available(caller) >= BURST]
        for caller in full:
            del self.buckets[caller]
        return len(full)

    def _filled(self, caller: str) -> Bucket:
        """A caller's bucket as it is now, which is a new object: who changes it stores it."""
        now = cam.now()
        bucket = self.buckets.get(caller)
        if bucket is None:
            return Bucket(float(BURST), now)
        elapsed_s = (now - bucket.filled_at).total_seconds()
        return Bucket(min(float(BURST), bucket.tokens + elapsed_s * PER_SECOND), now)
