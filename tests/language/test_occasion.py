"""`now`, `key`, `random`, `randrange`, `randint`, `uuid`: the same in Python and as bytecode, wherever they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import camshaft
import camshaft as cam
from camshaft import CompileError, Machine, Refusal, fixed, migration, now, randint, simulate, uuid
from camshaft import randrange as pick
from camshaft.bytecode.occasion import Draws
from camshaft.language.compile import compile_machine, compile_migration
from camshaft.simulation import BACKENDS
from generators.differential import agree, call
from generators.occasions import KEY, SEED, TIME_US

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Unlucky(Refusal):
    rolled: int


@dataclass(frozen=True)
class Ticket:
    name: str
    at: datetime
    chance: float


def two_dice() -> int:
    return cam.randint(1, 6) + cam.randint(1, 6)


class Lobby(Machine):
    players: list[str] = []
    seats: dict[int, str] = {}
    tickets: list[Ticket] = []
    rolls: list[int] = []
    total: int = 0
    chance: float = 0.0
    last: datetime | None = None

    def join(self) -> str:
        name = f"{cam.key()}-{uuid()}"
        self.players.append(name)
        self.last = now()
        return name

    def everything(self) -> tuple[datetime, str, float, int, int, int, str]:
        return now(), cam.key(), camshaft.random(), pick(10), pick(-5, 5), randint(b=6, a=1), uuid()

    def same_time(self) -> bool:
        return now() == cam.now()

    def ticket(self) -> Ticket:
        self.tickets.append(Ticket(at=now(), chance=cam.random(), name=uuid()))
        return self.tickets[-1]

    def shuffled(self, n: int) -> list[int]:
        order = [i for i in range(n)]
        for i in range(n - 1, 0, -1):
            j = pick(i + 1)
            kept = order[i]
            order[i] = order[j]
            order[j] = kept
        self.rolls = [x for x in order]
        return order

    def of_range(self, start: int, stop: int) -> int:
        return pick(start, stop)

    def of_randint(self, a: int, b: int) -> int:
        self.total += 1
        return randint(a, b)

    def dice(self, n: int) -> list[int]:
        return [two_dice() for _ in range(n)]

    def filtered(self, n: int) -> list[int]:
        return [i for i in range(n) if pick(2) == 0]

    def target_after_value(self) -> None:
        self.seats[pick(100)] = f"{pick(100)}"

    def augmented(self) -> int:
        self.rolls = [0 for _ in range(10)]
        self.rolls[pick(10)] += pick(1, 1000)
        return pick(1000)

    def compared(self) -> tuple[bool, bool, bool, int]:
        chained = pick(10) < pick(10) < pick(10)
        member = pick(3) in [pick(3), pick(3)]
        listed = pick(3) in (pick(3), pick(3))
        return chained, member, listed, pick(1000)

    def decided(self) -> int:
        if (pick(2) == 0 and pick(2) == 0) or pick(2) == 1:
            return pick(10) if pick(2) == 0 else -pick(10)
        return 1000 + pick(10)

    def unused(self) -> int:
        pick(10)
        cam.random()
        now()
        return pick(1000)

    def measured(self) -> int:
        size = len((pick(10), pick(10)))
        return size * 1000 + pick(1000)

    def until(self, wanted: int) -> int:
        while True:
            self.total += 1
            rolled = randint(1, 6)
            if rolled == wanted:
                return self.total

    def drawn_then_fails(self, key: int) -> str:
        self.rolls.append(pick(1000))
        return self.seats[key]

    def drawn_then_refused(self) -> None:
        self.total = pick(1000)
        raise Unlucky(rolled=self.total)

    def helped(self) -> int:
        return self._drawn() * 10 + self._drawn()

    def _drawn(self) -> int:
        self.total += 1
        return pick(10)

    @property
    def lucky(self) -> int:
        return pick(1000)


def test_each_question_answers_the_same_in_python_and_as_bytecode() -> None:
    (answers,) = agree(Lobby, call("everything"))
    draws = Draws(SEED)
    expected = (draws.random(), draws.between(0, 10), draws.between(-5, 5), draws.between(1, 7), draws.uuid())
    assert answers == (NOON, KEY, *expected)
    assert TIME_US == NOON.timestamp() * 1_000_000
    assert UUID(answers[-1]).version == 4


def test_draws_stand_where_they_are_written() -> None:
    agree(
        Lobby,
        *(call("join"), call("same_time"), call("ticket"), call("shuffled", 20), call("dice", 10)),
        *(call("filtered", 20), call("target_after_value"), call("target_after_value"), call("augmented")),
        *(call("compared"), call("compared"), call("compared"), call("unused"), call("measured")),
        *(call("helped"), call("lucky"), call("everything")),
        *(call("decided") for _ in range(20)),
    )


def test_a_step_that_fails_has_drawn_and_its_state_is_as_before() -> None:
    outcomes = agree(
        Lobby,
        *(call("drawn_then_fails", 1), call("drawn_then_refused"), call("everything"), call("until", 6)),
        *(call("of_randint", 6, 1), call("everything")),
    )
    assert outcomes[0] is KeyError
    assert isinstance(outcomes[1], Unlucky)


@given(st.integers(-5, 5) | st.integers(), st.integers(-5, 5) | st.integers())
def test_bounds_are_those_of_pythons_random(a: int, b: int) -> None:
    in_range, up_to = agree(Lobby, call("of_range", a, b), call("of_randint", a, b))
    assert in_range is ValueError if a >= b else a <= in_range < b
    assert up_to is ValueError if a > b else a <= up_to <= b


# ---- plain Python ----------------------------------------------------------------------------------------------------


def test_without_a_node_the_system_answers() -> None:
    before = datetime.now(UTC)
    told = now()
    assert before - timedelta(microseconds=1) <= told <= datetime.now(UTC)
    assert told.tzinfo is UTC
    assert cam.key() == ""
    assert 0 <= cam.random() < 1
    assert len({uuid() for _ in range(10)}) == 10
    assert {pick(2) for _ in range(200)} == {0, 1}
    assert {randint(1, 3) for _ in range(200)} == {1, 2, 3}
    with pytest.raises(ValueError, match="no integer is at least 0 and below 0"):
        pick(0)


def test_a_block_fixes_what_is_given_and_leaves_the_rest() -> None:
    with fixed(key="outer", seed=1):
        first = uuid()
        with fixed(now=NOON):
            assert (now(), cam.key()) == (NOON, "outer")
            second = uuid()
        with fixed(seed=1, key=""):
            assert (uuid(), uuid(), cam.key()) == (first, second, "")
        assert uuid() not in (first, second)
        assert now() != NOON
    assert cam.key() == ""


def test_a_block_that_is_left_by_an_error_is_left() -> None:
    with pytest.raises(KeyError), fixed(key="a"):
        raise KeyError
    assert cam.key() == ""


def test_the_time_stands_still_within_a_block_and_the_clock_is_asked_for_each() -> None:
    asked = count()
    block = fixed(now=lambda: NOON + timedelta(seconds=next(asked)))
    for second in range(3):
        with block:
            assert now() == now() == NOON + timedelta(seconds=second)


def test_a_time_of_another_zone_is_the_same_moment_in_utc_and_one_of_no_zone_is_an_error() -> None:
    with fixed(now=NOON.astimezone(timezone(timedelta(hours=2)))):
        assert now() == NOON
        assert now().tzinfo is UTC
    with pytest.raises(ValueError, match="does not know its zone"), fixed(now=NOON.replace(tzinfo=None)):
        pass


# ---- simulations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_simulation_draws_what_plain_python_draws_with_the_same_seed(backend: str) -> None:
    simulated, plain = simulate(Lobby, backend=backend, now=NOON, seed=7, key="bob"), Lobby()
    told = [simulated.everything(), simulated.everything()]
    with fixed(now=NOON, seed=7, key="bob"):
        assert told == [plain.everything(), plain.everything()]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_simulation_asks_its_clock_once_a_step(backend: str) -> None:
    asked = count()
    simulated = simulate(Lobby, backend=backend, now=lambda: NOON + timedelta(seconds=next(asked)))
    for second in range(3):
        assert simulated.same_time()
        assert simulated.everything()[0] == NOON + timedelta(seconds=2 * second + 1)
    simulated.helped()
    assert next(asked) == 7


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_simulation_without_an_occasion_has_that_of_the_block_around_or_the_system(backend: str) -> None:
    simulated = simulate(Lobby, backend=backend)
    with fixed(now=NOON, seed=1, key="a"):
        told = simulated.everything()
    assert told[:2] == (NOON, "a")
    again = simulated.everything()
    assert again[1] == ""
    assert again[6] != told[6]


class Door(Machine):
    key: str = "none"
    now: int = 0

    def opens(self) -> str:
        return f"{self.key} {self.now} {cam.key()}"


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_field_of_the_name_of_an_argument_is_the_field(backend: str) -> None:
    assert simulate(Door, backend=backend, key="brass", now=3).opens() == "brass 3 "


# ---- kinds of methods, and what is refused ---------------------------------------------------------------------------


def test_what_asks_and_writes_nothing_is_a_query() -> None:
    kinds = {method.name: method.kind.value for method in compile_machine(Lobby).program.methods}
    assert kinds["everything"] == kinds["dice"] == kinds["unused"] == "query"
    assert kinds["join"] == kinds["of_randint"] == "command"


class Named(Machine):
    name: str = ""


class Renamed(Machine, name="named"):
    name: str = ""
    number: int = 0
    since: datetime = NOON


def a_name() -> str:
    return uuid()


def renamed(was: Named) -> Renamed:
    name = a_name()
    number = pick(10)
    since = now()
    return Renamed(name=name, number=number, since=since)


def test_a_migration_that_asks_is_refused() -> None:
    with pytest.raises(CompileError) as caught:
        compile_migration(migration(renamed))
    found = [one.message for one in caught.value.diagnostics]
    assert [re.findall(r"`(.*?)`", message)[0] for message in found] == ["uuid", "pick", "now"]
    assert all("a migration is none" in message for message in found)
