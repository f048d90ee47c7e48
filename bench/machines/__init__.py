"""The machines of the step benchmark, each beside the class that a Python programmer would write without Camshaft."""

from __future__ import annotations

from machines import cart, collatz, counter, life, mutable_cart, order_book, token_bucket

CASES = tuple(one.CASE for one in (counter, cart, mutable_cart, token_bucket, collatz, life, order_book))
