"""The rate limiter: a burst, then a steady rate; the plans of its second version."""

from __future__ import annotations

import rate_limiter
import rate_limiter_v2
from generators.services import Service
from rate_limiter import TooManyCalls
from rate_limiter_v2 import Plan


def test_a_burst_is_followed_by_a_steady_rate() -> None:
    limiter = Service(rate_limiter.RateLimiter)
    for left in range(19, -1, -1):
        assert limiter("acquire", "ann") == left
    assert limiter("acquire", "ann") == TooManyCalls(caller="ann", retry_after_s=0.2)
    assert limiter("available", "bob") == 20.0
    limiter.wait(milliseconds=500)
    assert limiter("acquire", "ann", 2) == 0.5
    limiter.wait(hours=1)
    assert limiter("available", "ann") == 20.0
    assert limiter("forget_idle") == 1


def test_a_false_is_counted() -> None:
    limiter = Service(rate_limiter.RateLimiter)
    limiter("acquire", "ann", 20)
    assert limiter("try_acquire", "ann") is False
    assert limiter.plain.refused == 1
    limiter.wait(seconds=1)
    assert limiter("try_acquire", "ann") is True


def test_a_half_empty_bucket_stays_half_empty_through_the_upgrade() -> None:
    limiter = Service(rate_limiter.RateLimiter)
    limiter("acquire", "ann", 15)
    plans = limiter.upgraded(rate_limiter_v2.add_plans)
    assert plans("plan_of", "ann") is Plan.FREE
    assert plans("acquire", "ann", 5) == 0.0
    assert plans("acquire", "ann") == TooManyCalls(caller="ann", retry_after_s=0.2)
    assert plans("try_acquire", "ann") is False
    assert plans("refused") == 1
    plans("subscribe", "ann", Plan.PRO)
    assert plans("acquire", "ann", 150) == 50.0
    plans.wait(seconds=1)
    assert plans("acquire", "ann", 100) == 0.0
