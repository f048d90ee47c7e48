"""A client of one node, and what can be asked of a node besides calling machines.

Everything here is one command, or one page after another of one, and needs no machine's class: the command line is
built on this file alone, so it must stay quick to import. `instance` brings in the language when it is first used.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from camshaft.client.connection import ANSWER_TIMEOUT_S, Connection
from camshaft.client.endpoint import DEFAULT_ENDPOINT, Endpoint
from camshaft.client.failures import Disconnected, NoAnswer, doubt, in_doubt
from camshaft.client.outcomes import (
    Deleted,
    Deployed,
    Released,
    ReleaseMember,
    ReleaseRolledBack,
    RolledBack,
    SlowCall,
    Steered,
    Upgraded,
    deleted,
    millionths,
    steered,
)
from camshaft.client.replies import may_hide_a_number, view_of
from camshaft.errors import CamshaftError
from camshaft.values.address import Address

if TYPE_CHECKING:
    from camshaft.bytecode.program import Program
    from camshaft.bytecode.rollback import ReleaseRollbackPlan, RollbackPlan
    from camshaft.bytecode.rollout_report import RolloutReport
    from camshaft.client.proxy import NodeCaller
    from camshaft.evolution.upgrade import Upgrade
    from camshaft.language.machine import Machine

M = TypeVar("M", bound="Machine")

_ID_BYTES = 16


class Client:
    """A blocking client of the node at an endpoint, over one connection.

    Its methods raise the exceptions of `failures`, and Rejected for what the node does not accept.
    """

    def __init__(
        self, node: str | Endpoint = DEFAULT_ENDPOINT, *, timeout_s: float = ANSWER_TIMEOUT_S, retry: bool = True
    ) -> None:
        """`retry`: whether calls that were not answered when the connection was lost are sent again, to run once.

        That goes on for `timeout_s`, once there was a connection: across a restart of the node, and an upgrade.
        """
        self.connection = Connection(Endpoint.of(node), timeout_s, retry=retry)

    @cached_property
    def caller(self) -> NodeCaller:
        """What runs the calls of this client's proxies."""
        from camshaft.client.proxy import NodeCaller

        return NodeCaller(self.connection)

    @property
    def endpoint(self) -> Endpoint:
        """Where the node listens."""
        return self.connection.endpoint

    def close(self) -> None:
        """End the connection. The proxies that this client gave out end with it."""
        self.connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ---- typed by a machine's class --------------------------------------------------------------------------------

    def instance(self, machine: type[M], key: str | None = None) -> M:
        """A proxy for an instance, typed as the machine's class: calling its methods calls the instance."""
        from camshaft.client.proxy import instance_of

        return instance_of(machine, key, self)

    def deploy(self, machine: type[Machine]) -> Deployed:
        """Add a machine to the node."""
        from camshaft.bytecode.encoding import encode_program
        from camshaft.language.compile import compile_machine

        return self.deploy_program(encode_program(compile_machine(machine).to_run()))

    def upgrade(self, upgrade: Upgrade[Any, Any]) -> Upgraded:
        """Upgrade a machine. Giving the same upgrade twice is a retry: the second has the first one's answer."""
        return self.upgrade_bytes(upgrade.encode(running=self.program(upgrade.machine)))

    # ---- untyped ---------------------------------------------------------------------------------------------------

    def call(self, address: str, method: str, arguments: Sequence[str], named: Mapping[str, str]) -> Any:
        """Call a method with arguments as text, all by position or all by name; the result as a JSON view."""
        if named:
            pairs = [text for pair in named.items() for text in pair]
            (reply,) = self.connection.calls([(None, ("CALLN", address, method, *pairs))])
        else:
            (reply,) = self.connection.calls([(None, ("CALL", address, method, *arguments))])
        if isinstance(reply, CamshaftError):
            raise reply
        if may_hide_a_number(reply):
            called = self.program(Address.parse(address).machine).method(method)
            return reply if called is None else view_of(called.result, reply)
        return reply

    def state(self, address: str) -> str:
        """The state of an instance as JSON text."""
        return str(self.connection.repeatable("STATE", address))

    def machines(self) -> list[dict[str, Any]]:
        """What the node runs: `name`, `id`, `origin` and `instances` of each machine."""
        return list(self.connection.repeatable("MACHINES"))

    def instances(self, machine: str) -> Iterator[str]:
        """The addresses of a machine's instances, fetched page by page."""
        cursor, addresses = self.page(machine)
        yield from addresses
        while cursor:
            cursor, addresses = self.page(machine, cursor)
            yield from addresses

    def page(self, machine: str, cursor: int = 0, count: int = 1_000) -> tuple[int, list[str]]:
        """At most `count` addresses from a cursor on, and the cursor of the next page (0: that was the last).

        Where many instances were deleted a page may be short, or empty, and not the last.
        """
        following, addresses = self.connection.repeatable("INSTANCES", machine, str(cursor), str(count))
        return int(following), list(addresses)

    def info(self, *sections: str) -> dict[str, dict[str, str]]:
        """The node's figures about itself, by section; all sections where none is named."""
        found: dict[str, dict[str, str]] = {}
        fields: dict[str, str] = {}
        for line in str(self.connection.repeatable("INFO", *sections)).splitlines():
            if line.startswith("# "):
                fields = found[line[2:].lower()] = {}
            elif line:
                name, _, value = line.partition(":")
                fields[name] = value
        return found

    def slow(self, count: int = -1) -> list[SlowCall]:
        """What took the node 10 ms or longer, latest first: at most so many, -1: all that it remembers."""
        found = self.connection.repeatable("SLOWLOG", "GET", str(count))
        return [SlowCall(int(id_), int(time_s), int(us), tuple(words)) for id_, time_s, us, words, _, _ in found]

    def delete(self, address: str) -> Deleted:
        """Let an instance be no more: the next input for its address begins from the initial state.

        It is not sent again where the connection is lost: another client may have made the instance anew by then.
        Raises Rejected where there is none.
        """
        look = f"`camshaft instances {address.partition('/')[0]}`"
        return deleted(self._changed(f"the deletion of {address}", look, "DELETE", address, again=False))

    def describe(self, machine: str) -> str:
        """A machine's interface and state type as JSON text."""
        return str(self.connection.repeatable("DESCRIBE", machine))

    def history(self, machine: str) -> list[dict[str, Any]]:
        """A machine's deployment and upgrades, oldest first."""
        return list(self.connection.repeatable("HISTORY", machine))

    def program(self, machine: str) -> Program:
        """The program that a machine runs."""
        from camshaft.bytecode.encoding import decode_program

        return decode_program(as_bytes(self.connection.repeatable("PROGRAM", machine)))

    def deploy_program(self, program: bytes) -> Deployed:
        """Add a machine, given as an encoded program, to the node; one that runs the program already is left alone."""
        reply = self._changed("the deployment", "`camshaft machines`", "DEPLOY", program)
        return Deployed(reply["machine"], reply["id"], int(reply["position"]))

    def set_fuel(self, machine: str, units: int | None) -> int:
        """Set the units of fuel that one input of a machine may use from here on (None: the default); gives them."""
        words = ("SETTING", machine, "FUEL", "DEFAULT" if units is None else str(units))
        reply = self._changed(f"the setting of {machine}", _history_of(machine), *words, again=False)
        return int(reply["fuel"])

    def clients(self, machine: str) -> list[dict[str, Any]]:
        """The versions of a machine that clients were made for: `interface`, `state`, `connections`, `inputs`, `last`
        and `position` of each.

        `inputs` are those that came for it after another version ran, `last` is when the last one did, and `position`
        where.
        """
        return list(self.connection.repeatable("CLIENTS", machine))

    def retire(self, machine: str, interface: str, *, undo: bool = False) -> dict[str, Any]:
        """Serve clients of a version no longer, named by the first digits of its id; `undo`: again.

        Gives `machine`, `interface`, `retired` and `position`. Raises Rejected where it runs, or is so already.
        """
        words = ("RETIRE", machine, interface, *(("UNDO",) if undo else ()))
        look = f"`camshaft clients {machine}`"
        return dict(self._changed(f"the retirement of {interface}", look, *words, again=False))

    def plan_bytes(self, upgrade: bytes) -> str:
        """Check an encoded upgrade at the node without doing it: what it would do, as JSON text."""
        return str(self.connection.repeatable("PLAN", upgrade))

    def upgrade_bytes(self, upgrade: bytes) -> Upgraded:
        """Upgrade a machine by an encoded upgrade, which is sent again where the connection was lost, as calls are.

        That is safe: it has an id of its own, by which a node knows it again, and is applied once. Raises Disconnected
        or NoAnswer where it is not known whether it was applied.
        """
        from camshaft.bytecode.upgrade import decode_upgrade

        machine = decode_upgrade(upgrade).machine
        reply = self._changed(f"the upgrade of {machine}", _history_of(machine), "UPGRADE", upgrade)
        return Upgraded(reply["machine"], reply["from"], reply["to"], int(reply["position"]), int(reply["migrated"]))

    def plan_release(self, release: bytes) -> str:
        """Check an encoded release at the node without making it: what it would do, as JSON text."""
        return str(self.connection.repeatable("RELEASEPLAN", release))

    def release_bytes(self, release: bytes) -> Released:
        """Make an encoded release, which is sent again where the connection was lost, as an upgrade is."""
        reply = self._changed("the release", "`camshaft machines`", "RELEASE", release)
        members = [
            ReleaseMember(one["machine"], one["from"], one["to"], int(one["migrated"])) for one in reply["members"]
        ]
        return Released(reply["id"], members, int(reply["position"]))

    def plan_rollback(self, machine: str, way: str | None = None) -> RollbackPlan:
        """What going back before a machine's last upgrade would do and lose; nothing changes.

        `way` is `downgrade` or `replay`; None: the upgrade's downgrade where there is one. Raises Rejected where there
        is nothing to go back to, the way is closed, or the downgrade fails on an instance.
        """
        from camshaft.bytecode.rollback import plan_from_json

        words = (machine,) if way is None else (machine, way)
        return plan_from_json(str(self.connection.repeatable("ROLLBACKPLAN", *words)))

    def rollback(
        self,
        plan: RollbackPlan | str,
        *,
        id: str | None = None,  # noqa: A002 - as in Upgrade
        machine_only: bool = False,
    ) -> RolledBack:
        """Go back to the version before, as planned; with a machine's name, as `plan_rollback` plans it now.

        The upgrade that the plan takes back must still be the machine's last one in force. `id` is 32 hex digits:
        giving the same twice is a retry, which is answered as the first was. An upgrade that is part of a release is
        taken back for this `machine_only` or not at all. Raises Rejected; nothing was changed then.
        """
        chosen = self.plan_rollback(plan) if isinstance(plan, str) else plan
        id_ = secrets.token_hex(_ID_BYTES) if id is None else id
        words = ["ROLLBACK", chosen.machine, str(chosen.undone), chosen.way, id_]
        words += ["MACHINEONLY"] if machine_only else []
        return _rolled_back(self._changed(f"the rollback of {chosen.machine}", _history_of(chosen.machine), *words))

    def plan_release_rollback(self, release: str, way: str | None = None) -> ReleaseRollbackPlan:
        """What taking a whole release back would do and lose; nothing changes. `release`: its id, or how that begins.

        `way` is that of every machine; None: for each the first that is open. Raises Rejected where one cannot go back.
        """
        from camshaft.bytecode.rollback import release_plan_from_json

        words = (release,) if way is None else (release, way)
        return release_plan_from_json(str(self.connection.repeatable("ROLLBACKRELEASEPLAN", *words)))

    def rollback_release(
        self,
        plan: ReleaseRollbackPlan | str,
        *,
        id: str | None = None,  # noqa: A002 - as in Upgrade
    ) -> ReleaseRolledBack:
        """Take all upgrades of a release back at one position, as planned, or none; `id` is as in `rollback`.

        Raises Rejected; nothing was changed then.
        """
        chosen = self.plan_release_rollback(plan) if isinstance(plan, str) else plan
        id_ = secrets.token_hex(_ID_BYTES) if id is None else id
        words = ["ROLLBACKRELEASE", chosen.release, id_, *(word for way in chosen.ways for word in way)]
        reply = self._changed("the rollback of the release", "`camshaft machines`", *words)
        members = [_rolled_back(one) for one in reply["members"]]
        return ReleaseRolledBack(reply["id"], members, list(reply["left"]), int(reply["position"]))

    def rollout(self, machine: str) -> RolloutReport:
        """How the rollout of a machine's last upgrade stands. Raises Rejected where none is under way."""
        from camshaft.bytecode.rollout_report import report_from_json

        return report_from_json(str(self.connection.repeatable("ROLLOUT", machine)))

    def steer(
        self,
        rollout: RolloutReport | str,
        action: str,
        share: float | None = None,
        *,
        id: str | None = None,  # noqa: A002 - as in Upgrade
    ) -> Steered:
        """Let a rollout `grow`, to a share of the instances or that of its next wave, `hold`, `resume` or `confirm`.

        It must be the one that was reported; with a machine's name, the one that is under way now. `id` is as in
        `rollback`. Raises Rejected; nothing was changed then.
        """
        found = self.rollout(rollout) if isinstance(rollout, str) else rollout
        id_ = secrets.token_hex(_ID_BYTES) if id is None else id
        words = [found.machine, str(found.upgrade), action, id_]
        if share is not None:
            words.append(str(millionths(share)))
        what = f"what was to be done about the rollout of {found.machine} ({action})"
        reply = self._changed(what, _history_of(found.machine), "STEER", *words)
        figures = (int(reply[name]) for name in ("share", "instances", "position"))
        return steered(reply["machine"], reply["action"], *figures)

    def journal(self) -> Iterator[tuple[int, int, bytes]]:
        """All that the node's journal holds, page by page: the position of each batch, its entries' count, its bytes.

        The last page is the first that is empty: what is written meanwhile is in it.
        """
        following = 0
        while True:
            following, page = self.connection.repeatable("EXPORT", str(following))
            if not page:
                return
            for position, count, payload in page:
                yield int(position), int(count), as_bytes(payload)

    def _changed(self, what: str, look: str, *command: str | bytes, again: bool = True) -> Any:
        """The reply to a command that changes something. `look`: where to see whether it was done, if nobody says so.

        `again`: whether it may be sent again, since a node knows it again by its id, or finds it done.
        """
        try:
            return self.connection.repeatable(*command) if again else self.connection.command(*command)
        except (Disconnected, NoAnswer) as error:
            raise in_doubt(error, self.endpoint, self.connection.timeout_s, what, look) from None
        except KeyboardInterrupt:
            if self.connection.tell is not None:
                self.connection.tell(f"no longer waiting for {self.endpoint}: {doubt(what, look)}")
            raise


def _history_of(machine: str) -> str:
    return f"`camshaft history {machine}`"


def _rolled_back(reply: dict[str, Any]) -> RolledBack:
    return RolledBack(
        machine=reply["machine"],
        from_id=reply["from"],
        to_id=reply["to"],
        position=int(reply["position"]),
        undone=int(reply["undone"]),
        way=reply["way"],
        instances=int(reply["instances"]),
    )


def as_bytes(reply: str) -> bytes:
    """The bytes of a reply that is no text; the connection reads all bytes as text, losslessly."""
    return reply.encode("utf-8", "surrogateescape")
