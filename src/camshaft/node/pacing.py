"""How long calls take a node lately, and how much of that one turn takes on.

Most methods take a microsecond, and what they take is known beforehand: the fuel that they use does not depend on what
they are given. Any other may use all of its fuel, a tenth of a second, and whether it will is not known before it has.
So a node remembers what each took, and a turn takes on what fits into a few milliseconds, or else one call alone. What
no longer fits waits for its turn in a row of its own, behind others of its kind; all that is short goes on past it.

Rule: nothing here decides what a call means or in which order a client's commands happen, only when it is time for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter, thread_time
from typing import Final

from camshaft.node.connection import Connection
from camshaft.runtime.entries import Entry

TURN_S: Final = 0.005
"""What a turn takes on of calls that may take long, in seconds; or one that takes longer than that."""
BRIEF_S: Final = 10e-6
"""What takes no longer than this is never held up by what takes long."""
MOST_UNSURE: Final = 64
"""How many inputs of one client that may each use all of its fuel go into one turn, whatever they took lately."""
UNKNOWN_S: Final = TURN_S / 4
"""What is thought of an input of a method of which nothing is known yet."""
_MOST_HELD: Final = 64
"""How many of the clients that were held are looked at in one turn."""
_HALF_LIFE_S: Final = 10.0
"""After how long half of what an input was seen to take is forgotten."""
_SHARE: Final = 0.25


class Gauge:
    """What one call of a method, or one command, is thought to take."""

    __slots__ = ("_at_s", "_is_new", "cost_s")

    def __init__(self, cost_s: float = 0.0) -> None:
        self.cost_s = cost_s
        self._at_s = 0.0
        self._is_new = True

    def ran(self, took_s: float) -> None:
        """It ran by itself. What ran can be followed by a look at the clock, so an average will do."""
        self.cost_s = took_s if self._is_new else self.cost_s + (took_s - self.cost_s) * _SHARE
        self._is_new = False

    def ran_together(self, longest_s: float, second_s: float, now_s: float) -> None:
        """Several inputs of one batch ran, between which nothing could be stopped: so the worst of late counts.

        It is the second longest that counts. What happens once in a while to any of them, such as a dict that grows or
        another process that comes between, is not what the method takes. The longest of all keeps up what is thought.
        """
        remembered_s = 0.0 if self._is_new else self.cost_s * 0.5 ** ((now_s - self._at_s) / _HALF_LIFE_S)
        self.cost_s = max(remembered_s, second_s, min(longest_s, self.cost_s))
        self._at_s, self._is_new = now_s, False


class Pace:
    """What is left of one turn for what may take long, and who waits for the next ones because of that."""

    __slots__ = ("_began_s", "_first", "held", "left_s")

    def __init__(self) -> None:
        self.left_s = TURN_S
        self.held: list[Connection] = []
        """The clients whose next call did not fit into a turn. The next turns come to them first."""
        self._first = 0
        """How many of them were put before all others in this turn."""
        self._began_s = 0.0

    def begin(self) -> list[Connection]:
        """A turn begins, with these of the clients that were held."""
        self.left_s = TURN_S
        self._began_s = perf_counter()
        self._first = 0
        first = self.held[:_MOST_HELD]
        del self.held[:_MOST_HELD]
        return first

    def admits(self, connection: Connection, gauge: Gauge | None, taken: int) -> bool:
        """Whether a turn, which has taken so many commands of a client, has room for the next one of that client.

        The first one of a turn always has room. A client who is held and of whom nothing was taken comes before others.
        """
        if gauge is None or gauge.cost_s <= BRIEF_S or gauge.cost_s <= self.left_s or self.left_s == TURN_S:
            if gauge is not None:
                self.left_s -= gauge.cost_s
            return True
        connection.is_awake = True
        if taken:
            self.held.append(connection)
        else:
            self.held.insert(self._first, connection)
            self._first += 1
        return False

    def ran(self, gauge: Gauge, took_s: float) -> None:
        """What was admitted ran by itself."""
        self.left_s += gauge.cost_s - took_s
        gauge.ran(took_s)

    @property
    def is_over(self) -> bool:
        """Whether the whole turn has taken as long as it may, by the clock."""
        return perf_counter() - self._began_s > TURN_S


class Timed(list[Entry]):
    """A batch that notes when each of its entries is taken up, for which nothing that runs it needs to read a clock."""

    __slots__ = ("_busy_s", "_taken_up_s")

    def __iter__(self) -> Iterator[Entry]:
        taken_up_s = self._taken_up_s = list[float]()
        busy_s = thread_time()
        for entry in super().__iter__():
            taken_up_s.append(perf_counter())
            yield entry
        taken_up_s.append(perf_counter())
        self._busy_s = thread_time() - busy_s

    def tell(self, gauges: list[tuple[int, Gauge]]) -> None:
        """Tell gauges what the entries at their indexes took, once all have run."""
        taken_up_s = self._taken_up_s
        now_s = taken_up_s[-1]
        # While another process had the processor nothing ran, and nobody knows which entries waited for how long.
        busy = min(1.0, self._busy_s / (now_s - taken_up_s[0]))
        worst: dict[Gauge, tuple[float, float]] = {}
        for index, gauge in gauges:
            took_s = taken_up_s[index + 1] - taken_up_s[index]
            longest_s, second_s = worst.get(gauge, (0.0, 0.0))
            if took_s > longest_s:
                worst[gauge] = took_s, longest_s
            elif took_s > second_s or gauge not in worst:
                worst[gauge] = longest_s, took_s
        for gauge, (longest_s, second_s) in worst.items():
            gauge.ran_together(longest_s * busy, second_s * busy, now_s)
