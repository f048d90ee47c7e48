"""Plans: each caller has one, with a burst and a rate of its own; tokens are counted in whole thousandths."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import camshaft as cam
import rate_limiter
from camshaft import Machine, Refusal, migration
from rate_limiter import TooManyCalls

THOUSANDTHS = 1_000


class Plan(Enum):
    FREE = "free"
    PRO = "pro"


@dataclass(frozen=True)
class Limit:
    burst: int
    per_second: int


LIMITS = {Plan.FREE: Limit(burst=20, per_second=5), Plan.PRO: Limit(burst=200, per_second=50)}


@dataclass
class Bucket:
    plan: Plan
    thousandths: int
    filled_at: datetime
    refused: int = 0


class UnknownPlan(Refusal):
    plan: str


class RateLimiter(Machine):
    """Who may call now, by plan."""

    buckets: dict[str, Bucket] = {}

    def subscribe(self, caller: str, plan: Plan) -> None:
        """Give a caller a plan, and a full bucket."""
        self.buckets[caller] = Bucket(plan, LIMITS[plan].burst * THOUSANDTHS, cam.now())

    def acquire(self, caller: str, tokens: int = 1) -> float:
        """Take tokens for one call; gives what is left. Raises TooManyCalls with the time to wait."""
        self._refill(caller)
        bucket = self.buckets[caller]
        wanted = tokens * THOUSANDTHS
        limit = LIMITS[bucket.plan]
        assert 0 < tokens <= limit.burst, f"one call takes between 1 and {limit.burst} tokens, not {tokens}"
        if bucket.thousandths < wanted:
            missing = wanted - bucket.thousandths
            raise TooManyCalls(caller=caller, retry_after_s=missing / THOUSANDTHS / limit.per_second)
        bucket.thousandths -= wanted
        return bucket.thousandths / THOUSANDTHS

    def try_acquire(self, caller: str) -> bool:
        """Take a token if there is one. Unlike a refusal, a False is counted."""
        self._refill(caller)
        bucket = self.buckets[caller]
        if bucket.thousandths < THOUSANDTHS:
            bucket.refused += 1
            return False
        bucket.thousandths -= THOUSANDTHS
        return True

    def plan_of(self, caller: str) -> Plan:
        """The plan of a caller; whoever has none is on the free one."""
        return self.buckets[caller].plan if caller in self.buckets else Plan.FREE

    def refused(self) -> int:
        """How often `try_acquire` said no."""
        return sum(bucket.refused for bucket in self.buckets.values())

    def _refill(self, caller: str) -> None:
        """Add what has dripped in since the last time; who is new has a full bucket."""
        if caller not in self.buckets:
            self.subscribe(caller, Plan.FREE)
        bucket = self.buckets[caller]
        limit = LIMITS[bucket.plan]
        elapsed_ms = (cam.now() - bucket.filled_at) // timedelta(milliseconds=1)
        bucket.thousandths = min(limit.burst * THOUSANDTHS, bucket.thousandths + elapsed_ms * limit.per_second)
        bucket.filled_at = cam.now()


@migration
def add_plans(was: rate_limiter.RateLimiter) -> RateLimiter:
    """Everybody starts on the free plan. Who was refused was not kept by caller: the count goes to nobody."""
    return RateLimiter(
        buckets={
            caller: Bucket(Plan.FREE, int(bucket.tokens * THOUSANDTHS), bucket.filled_at)
            for caller, bucket in was.buckets.items()
        }
    )
