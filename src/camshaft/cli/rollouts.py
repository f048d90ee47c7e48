"""Rollouts: the options of `upgrade` that begin one, and the commands about one under way, `rollout` and `confirm`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

import typer

from camshaft.bytecode.rollout import ENOUGH, Rollout
from camshaft.cli.connecting import patient_client
from camshaft.cli.options import DEFAULT_HOST, DEFAULT_PORT, AsJson, Host, MachineName, Port
from camshaft.cli.printing import counted
from camshaft.errors import Rejected

_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s?%")
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}

Trial = Annotated[
    str | None,
    typer.Option("--trial", metavar="TIME", help="Keep the old version running beside the new one for so long: 10m."),
]
Canary = Annotated[
    str | None,
    typer.Option("--canary", metavar="SHARES", help="A share of the instances first: 5%, or in waves 5%,25%,100%."),
]
Every = Annotated[
    str | None, typer.Option("--every", metavar="TIME", help="Let the next wave begin by itself after so long: 10m.")
]
AllowTraps = Annotated[
    str, typer.Option("--allow-traps", metavar="RATE", help="How many inputs may trap that the old version does not.")
]
AllowRefusals = Annotated[
    str, typer.Option("--allow-refusals", metavar="RATE", help="How many may be refused that the old version does.")
]
ExpectDifferent = Annotated[
    list[str] | None,
    typer.Option("--expect-different", metavar="METHOD", help="A method whose answers may differ; may be repeated."),
]
Enough = Annotated[
    int, typer.Option("--enough", metavar="INPUTS", min=1, help="How many inputs it takes to call a wave healthy.")
]
NO_RATE = "0%"

Action = Annotated[
    str | None,
    typer.Argument(metavar="[grow|hold|resume|confirm|abort]", help="What to do; without it, how it stands."),
]
Share = Annotated[
    str | None, typer.Argument(metavar="[SHARE]", help="To grow to: 25%. Without it, to the share of the next wave.")
]


def rollout_asked_for(
    trial: str | None,
    canary: str | None,
    every: str | None,
    allow_traps: str,
    allow_refusals: str,
    expect_different: list[str] | None,
    enough: int,
) -> Rollout | None:
    """The rollout that the options of an upgrade mean. Raises Rejected where they do not go together."""
    limits = {
        "allow_traps": share_of(allow_traps),
        "allow_refusals": share_of(allow_refusals),
        "expect_different": expect_different or (),
        "enough": enough,
    }
    if trial is not None and (canary is not None or every is not None):
        raise Rejected(
            "a trial is on all instances at once: for a share of them, give --canary, with --every for waves"
        )
    if trial is not None:
        return Rollout.trial(time_of(trial), **limits)  # type: ignore[arg-type]  # each of its own type
    if canary is not None:
        shares = [share_of(text) for text in canary.split(",")]
        period = None if every is None else time_of(every)
        return Rollout.canary(*shares, every=period, **limits)  # type: ignore[arg-type]  # as above
    given = every is not None or expect_different or enough != ENOUGH or {allow_traps, allow_refusals} != {NO_RATE}
    if given:
        raise Rejected("what is allowed, and for how long, is said of a rollout: give --trial or --canary as well")
    return None


def rollout(
    machine: MachineName,
    action: Action = None,
    share: Share = None,
    json: AsJson = False,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Say how the rollout of a machine's last upgrade stands, or let it grow, hold, resume, be confirmed or go back."""
    becomes = None if share is None else share_of(share)
    with patient_client(host, port) as client:
        found = client.rollout(machine)
        if action is None:
            typer.echo(found.json() if json else found.text())
        elif action == "abort":
            back = client.rollback(client.plan_rollback(machine, "trial"))
            typer.echo(f"{machine}: went back at position {back.position}, {counted(back.instances, 'instance')}")
        else:
            done = client.steer(found, action, becomes)
            typer.echo(
                f"{machine}: {_SAID[action]} at position {done.position}, "
                f"{counted(done.instances, 'instance')} on the new version"
            )


_SAID = {"grow": "grown", "hold": "held", "resume": "resumed", "confirm": "confirmed"}


def confirm(machine: MachineName, host: Host = DEFAULT_HOST, port: Port = DEFAULT_PORT) -> None:
    """End a rollout: every instance runs the new version from here on, and the old one beside it ends."""
    rollout(machine, "confirm", None, json=False, host=host, port=port)


def time_of(text: str) -> timedelta:
    """A time that a person typed, such as `10m`. Raises Rejected where it is none."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise Rejected(f"expected a time such as 90s, 10m, 2h or 1d; got {text[:40]!r}")
    return float(found[1]) * _UNITS[found[2]]


def share_of(text: str) -> float:
    """A share or a rate that a person typed, such as `5%`. Raises Rejected where it is none."""
    found = _SHARE.fullmatch(text.strip())
    if found is None:
        raise Rejected(f"expected a share in percent, such as 5% or 0.5%; got {text[:40]!r}")
    return float(found[1]) / 100
