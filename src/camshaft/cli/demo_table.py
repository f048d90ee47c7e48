"""What the demo shows: its progress while it runs, and two tables at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from camshaft.cli.demo_ledger import Comparison, Report


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened under load, from one moment of the monotonic clock to another, in seconds."""

    title: str
    started: float
    ended: float

    @property
    def took_ms(self) -> float:
        """How long it took."""
        return (self.ended - self.started) * 1000


@dataclass(frozen=True, slots=True)
class Account:
    """One client at the end: its ledger, and the state beside it."""

    customer: str
    kind: str
    report: Report
    comparison: Comparison


class Display:
    """The progress: a line for each step that is done, and one that moves for the step at hand."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("[cyan]{task.fields[accepted]:,} payments acknowledged"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("starting", total=None, accepted=0)

    @contextmanager
    def showing(self) -> Iterator[None]:
        """Show the moving line for as long as this lasts."""
        with self._progress:
            yield

    def at(self, title: str) -> None:
        """Say what is going on now."""
        self._progress.update(self._task, description=title)

    def acknowledged(self, count: int) -> None:
        """Say how many payments have been acknowledged."""
        self._progress.update(self._task, accepted=count)

    def done(self, text: str) -> None:
        """Leave a line for a step that is done."""
        self.console.print(f"[green]✓[/] {text}", highlight=False)


def event_table(events: Sequence[Event], accounts: Sequence[Account]) -> Table:
    """How long each event took, and the longest time that each client waited between two answers around it."""
    table = Table(title="Under load", title_justify="left")
    table.add_column("event", no_wrap=True)
    table.add_column("took", justify="right", no_wrap=True)
    for account in accounts:
        table.add_column(f"longest gap, {account.customer}", justify="right")
    for index, event in enumerate(events):
        gaps = [f"{account.report.gaps_ms[index]:,.1f} ms" for account in accounts]
        table.add_row(event.title, f"{event.took_ms:,.1f} ms", *gaps)
    return table


def ledger_table(accounts: Sequence[Account]) -> Table:
    """What each client's ledger says, beside what the final state holds."""
    table = Table(title="The clients' ledgers against the final state", title_justify="left")
    table.add_column("client", no_wrap=True)
    for column in ("calls", "refused", "acknowledged", "in state", "lost", "twice"):
        table.add_column(column, justify="right", no_wrap=True)
    for account in accounts:
        report, comparison = account.report, account.comparison
        table.add_row(
            f"{account.customer} ({account.kind})",
            *(f"{count:,}" for count in (report.calls, report.refused, report.accepted, comparison.found)),
            f"[{'red' if comparison.lost else 'green'}]{comparison.lost:,}",
            f"[{'red' if comparison.repeated else 'green'}]{comparison.repeated:,}",
        )
    return table


def doubts(accounts: Sequence[Account]) -> str:
    """What became of the calls that the SIGKILL left without an answer."""
    parts = [
        f"{account.customer} made {account.report.doubtful_in + account.report.doubtful_out:,} again "
        f"and found {account.report.doubtful_in:,} of them done"
        for account in accounts
    ]
    return f"Of the calls that were left without an answer, {'; '.join(parts)}."


def verdict(accounts: Sequence[Account]) -> list[str]:
    """Every reason why the demo failed; none where each acknowledged payment is in the state exactly once."""
    failures = []
    for account in accounts:
        comparison = account.comparison
        if comparison.lost:
            failures.append(f"{account.customer}: {comparison.lost} acknowledged payments are not in the state")
        if comparison.repeated:
            failures.append(f"{account.customer}: {comparison.repeated} payments in the state were never acknowledged")
        failures.extend(
            f"{account.customer}: the amounts or their order differ in the shop {shop}" for shop in comparison.altered
        )
        failures.extend(f"{account.customer}: {surprise}" for surprise in account.report.surprises)
    return failures
