"""How long a call takes while a node does half of what it can; and what watching costs that is switched off."""

from __future__ import annotations

from figures import Figure, Goal, Table, at_most
from open_loop import capacity, latencies, packed
from servers import DURABILITIES, OURS, servers

CONNECTIONS = 50
IN_FLIGHT = 16
MOST_P99_MS = 5.0
_SECONDS = 2.0
_COMMANDS = [packed("CALL", "counter", "incr")] * CONNECTIONS


def measure(run_count: int, seconds: float = _SECONDS) -> list[Table]:
    """Latencies at half of the greatest throughput, by durability."""
    rows: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    for durability in DURABILITIES:
        most: list[float] = []
        shares: dict[float, list[float]] = {0.5: [], 0.99: [], 0.999: []}
        with servers(durability, [OURS]) as (node,):
            for _ in range(run_count):
                most.append(capacity(node.port, _COMMANDS, IN_FLIGHT, seconds))
                taken = latencies(node.port, _COMMANDS, Figure(tuple(most)).median / 2, seconds, IN_FLIGHT)
                for share, figures in shares.items():
                    figures.append(taken.share_ms(share))
        median, p99, p999 = (Figure(tuple(shares[share])) for share in (0.5, 0.99, 0.999))
        cells = ("", "")
        if durability == "always":
            goals.append(at_most("p99 at half of the greatest throughput, always", p99.median, MOST_P99_MS, " ms"))
            cells = goals[0].cells
        rate = Figure(tuple(most))
        rows.append((durability, rate.show(), median.show(2), p99.show(2), *cells, p999.show(2)))
    remark = (
        f"{CONNECTIONS} connections; at most with {IN_FLIGHT} calls in flight on each, at half with as many at a time. "
        "A call takes from when it was due until it is answered; calls are made at their rate whatever the node does."
    )
    columns = ("durability", "most calls/s", "p50 ms at half", "p99 ms", "limit", "", "p99.9 ms")
    return [Table("Latency at half of the greatest throughput", columns, tuple(rows), remark, tuple(goals))]
