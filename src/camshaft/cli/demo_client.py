"""A client of the demo: a process that pays without pause until it is told to stop, and keeps a ledger.

    python -m camshaft.cli.demo_client redis|camshaft HOST PORT CUSTOMER

It prints a line of JSON with its progress a few times a second. A line of JSON with spans of time on its standard
input ends it: it settles what is in doubt and prints its report.
"""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

import camshaft
from camshaft.cli.demo_ledger import SHOPS, Answer, Ledger, Payment, Report
from camshaft.cli.demo_machines.till_v1 import Duplicate, OutOfOrder, Till, TooMuch

_PROGRESS_EVERY_S: Final = 0.1
_RETRY_EVERY_S: Final = 0.01


class Courier(Protocol):
    """A way to make payments. What it raises for a broken connection is a ConnectionError or a TimeoutError."""

    batch: int
    """How many payments it has in flight at once."""

    def send(self, shop: str, customer: str, payments: Sequence[Payment]) -> list[Answer]:
        """The answers to payments, in order."""

    def connect(self) -> None:
        """Make sure that the node answers."""


class RedisCourier:
    """Pays through the `redis` package, which knows nothing of Camshaft: 16 calls in flight, arguments as text."""

    batch = 16

    def __init__(self, host: str, port: int) -> None:
        # The package would repeat what it has sent when a connection breaks. Here only the ledger may decide that.
        self._redis = redis.Redis(host, port, protocol=3, socket_timeout=30, retry=Retry(NoBackoff(), 0))

    def send(self, shop: str, customer: str, payments: Sequence[Payment]) -> list[Answer]:
        """The answers to payments, sent as one pipeline. Raises ConnectionError or TimeoutError."""
        pipeline = self._redis.pipeline(transaction=False)
        for payment in payments:
            command = ("CALL", f"till/{shop}", "pay", customer, payment.number, payment.cents)
            pipeline.execute_command(*command)  # type: ignore[no-untyped-call]  # the package types only its own commands
        try:
            return [self._answer(reply) for reply in pipeline.execute(raise_on_error=False)]
        except redis.ConnectionError as error:
            raise ConnectionError(str(error)) from None
        except redis.TimeoutError as error:
            raise TimeoutError(str(error)) from None

    def connect(self) -> None:
        """Make sure that the node answers. Raises ConnectionError or TimeoutError."""
        try:
            self._redis.ping()
        except redis.ConnectionError as error:
            raise ConnectionError(str(error)) from None
        except redis.TimeoutError as error:
            raise TimeoutError(str(error)) from None

    @staticmethod
    def _answer(reply: object) -> Answer:
        if not isinstance(reply, redis.ResponseError):
            return Answer.ACCEPTED
        match str(reply).split(" ", 2)[:2]:
            case ["REFUSED", "Duplicate"]:
                return Answer.DUPLICATE
            case ["REFUSED", "TooMuch" | "OutOfOrder"] | ["STALE" | "BUSY", *_]:
                return Answer.REFUSED
            case _:
                raise reply


class CamshaftCourier:
    """Pays through Camshaft's own client: each shop is an object, a payment is a method call, a refusal its class."""

    batch = 1

    def __init__(self, host: str, port: int) -> None:
        self._node = f"{host}:{port}"
        self._tills: dict[str, Till] = {}

    def send(self, shop: str, customer: str, payments: Sequence[Payment]) -> list[Answer]:
        """The answers to payments, made one after the other. Raises ConnectionError or TimeoutError."""
        return [self._pay(shop, customer, payment) for payment in payments]

    def connect(self) -> None:
        """Make sure that the node answers. Raises ConnectionError or TimeoutError."""
        client = camshaft.Client(self._node)
        client.machines()
        self._tills = {shop: client.instance(Till, key=shop) for shop in SHOPS}

    def _pay(self, shop: str, customer: str, payment: Payment) -> Answer:
        try:
            self._tills[shop].pay(customer, payment.number, payment.cents)
        except Duplicate:
            return Answer.DUPLICATE
        except (TooMuch, OutOfOrder, camshaft.Stale):
            return Answer.REFUSED
        return Answer.ACCEPTED


class Orders:
    """What the demo says on standard input: nothing, then the spans of time to report on, which is the end."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float]] | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        line = sys.stdin.readline()
        self.spans = msgspec.json.decode(line or "[]", type=list[tuple[float, float]])


def pay_without_pause(courier: Courier, customer: str, ledger: Ledger, orders: Orders) -> list[tuple[float, float]]:
    """Pay until the orders end it and nothing is in doubt. Returns the spans to report on."""
    connect(courier)
    shown_at = 0.0
    for shop in itertools.cycle(SHOPS):
        if orders.spans is not None:
            if not ledger.has_doubts():
                return orders.spans
            if shop not in ledger.shops_in_doubt():
                continue
        payments = ledger.next_payments(shop, courier.batch)
        try:
            answers = courier.send(shop, customer, payments)
        except (ConnectionError, TimeoutError):
            ledger.interrupted(shop, payments)
            connect(courier)
            continue
        now = time.monotonic()
        ledger.record(shop, payments, answers, now)
        if now - shown_at > _PROGRESS_EVERY_S:
            shown_at = now
            print(ledger.accepted, flush=True)  # noqa: T201  # standard output is how the demo hears of progress
    raise AssertionError("the cycle of shops does not end")


def connect(courier: Courier) -> None:
    """Try until the node answers."""
    while True:
        try:
            return courier.connect()
        except (ConnectionError, TimeoutError):
            time.sleep(_RETRY_EVERY_S)


def main() -> None:
    """Run one client."""
    kind, host, port, customer = sys.argv[1:]
    courier = RedisCourier(host, int(port)) if kind == "redis" else CamshaftCourier(host, int(port))
    ledger = Ledger()
    spans = pay_without_pause(courier, customer, ledger, Orders())
    print(msgspec.json.encode(Report.of(ledger, spans)).decode(), flush=True)  # noqa: T201  # the last line is the report


if __name__ == "__main__":
    main()
