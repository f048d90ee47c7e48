"""Proxies: objects typed as a machine's class whose methods run on an instance elsewhere.

A proxy has the machine's public methods and nothing else, so that no name is taken away from the machine: what can be
done with a proxy itself (close it, pipeline calls, copy the state) are functions here. What Camshaft keeps on it is
under one dunder name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial, wraps
from typing import Any, Literal, TypeVar, overload

from camshaft.client.binding import Binding, Call, Caller
from camshaft.client.client import Client
from camshaft.client.connection import ANSWER_TIMEOUT_S, Connection
from camshaft.client.endpoint import DEFAULT_ENDPOINT, Endpoint
from camshaft.client.introductions import Manner, introduction, manner, manner_with
from camshaft.client.wire_calls import state_of
from camshaft.errors import CamshaftError, Stale
from camshaft.language.machine import Machine, check_machine
from camshaft.language.source import function_under
from camshaft.values.address import Address

M = TypeVar("M", bound=Machine)
T = TypeVar("T")

_LINK = "__camshaft_link__"
_bindings: dict[type, Binding] = {}


@dataclass(frozen=True, slots=True)
class Link:
    """What a proxy holds: which machine, which instance, who runs the calls, and how to let go of that."""

    binding: Binding
    address: Address
    caller: Caller
    place: str
    close: Callable[[], None]


class NodeCaller:
    """Runs calls on a node, over a blocking connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._manners: dict[Binding, Manner] = {}
        """How the calls of each class are made, as was found out when it first made one."""
        self._beside: dict[tuple[Binding, str], Manner] = {}
        """How they are made to instances of a program that its rollout has not come to yet."""

    def run(self, calls: Sequence[Call]) -> list[Any]:
        """The outcomes of the calls, all of which are sent before the first answer is awaited."""
        known = dict(self._manners)
        outcomes = self._run(calls)
        stale = [call for call, outcome in zip(calls, outcomes, strict=True) if isinstance(outcome, Stale)]
        for call in stale:
            # Something else may run now. Whoever calls next finds out; a call by itself, of which nothing ran, does.
            self._manners.pop(call.binding, None)
        if stale and len(calls) == 1:
            made = self.introduce(calls[0].binding)
            if known.get(calls[0].binding) not in (None, made):
                outcomes = self._run(calls)
            if isinstance(outcomes[0], Stale) and made.beside is not None:
                outcomes = self._run(calls, self._manner_beside(calls[0].binding, made.beside))
        return outcomes

    def introduce(self, binding: Binding) -> Manner:
        """Say which version a class is of, and find out how its calls are made."""
        reply = self._connection.introduce(introduction(binding))
        found = manner(binding, reply)
        if found is None:
            found = manner_with(binding, self._connection.repeatable("PROGRAM", binding.program.name))
        if reply["running"] is not None:
            self._manners[binding] = found
        return found

    def _manner_beside(self, binding: Binding, running: str) -> Manner:
        found = self._beside.get((binding, running))
        if found is None:
            program = self._connection.repeatable("PROGRAM", binding.program.name)
            found = self._beside[binding, running] = manner_with(binding, program, rolled_out=True)
        return found

    def _run(self, calls: Sequence[Call], so: Manner | None = None) -> list[Any]:
        outcomes: list[Any] = []
        sent = []
        for call in calls:
            made = so or self._manners.get(call.binding) or self.introduce(call.binding)
            try:
                sent.append((call, made, (made.introduction, made.command(call))))
                outcomes.append(None)
            except Stale as stale:
                outcomes.append(stale)
        replies = iter(self._connection.calls([command for _, _, command in sent]))
        answers = iter([made.outcome(call, reply) for (call, made, _), reply in zip(sent, replies, strict=True)])
        return [next(answers) if outcome is None else outcome for outcome in outcomes]

    def state(self, binding: Binding, address: Address) -> Any:
        """The state of an instance as a value."""
        return state_of(binding, self._connection.repeatable("STATE", str(address)))


def connect(
    machine: type[M],
    node: str | Endpoint = DEFAULT_ENDPOINT,
    key: str | None = None,
    *,
    timeout_s: float = ANSWER_TIMEOUT_S,
    retry: bool = True,
) -> M:
    """A proxy for an instance on a node, typed as the machine's class, over a connection of its own.

    `node` is `host:port`, `key` the instance's key, None for the one without. `timeout_s` bounds the wait for each
    answer; meanwhile, calls that had none when the connection was lost are sent again, and run once, unless `retry` is
    False. `camshaft.Client` gives several proxies that share a connection.

    To type checkers it is an instance of the class; at run time `isinstance` says no, since its state is elsewhere.
    Its methods raise the machine's own refusals, the traps of `camshaft.errors`, Rejected, and the connection's
    failures (`Unreachable`, `Disconnected`, `NoAnswer`).

    Raises:
        Unreachable: no node answers there.
        CompileError: the class is no machine that can run on a node.
    """
    check_machine(machine)
    client = Client(node, timeout_s=timeout_s, retry=retry)
    client.caller.introduce(binding_of(machine))
    return instance_of(machine, key, client)


def instance_of(machine: type[M], key: str | None, client: Client) -> M:
    """A proxy for an instance on a client's node."""
    binding = binding_of(machine)
    link = Link(binding, binding.address(key), client.caller, f"on {client.endpoint}", client.close)
    return proxy(link, machine)


def binding_of(machine: type[Machine]) -> Binding:
    """The binding of a machine's class, which is compiled once. Raises TypeError where it is no machine's class."""
    check_machine(machine)
    binding = _bindings.get(machine)
    if binding is None:
        binding = _bindings[machine] = Binding(machine)
    return binding


def proxy(link: Link, machine: type[M]) -> M:  # noqa: ARG001 # the class gives the result its type
    """A proxy over a link."""
    made: Any = _proxy_class(link.binding)()
    object.__setattr__(made, _LINK, link)
    # It has the class's methods and is no subclass: that would be a machine with a state of its own.
    typed: M = made
    return typed


def close(instance: Machine) -> None:
    """End a proxy's connection, and with it the other proxies that share it."""
    link_of(instance).close()


def state(instance: M) -> M:
    """A copy of the state of a proxy's instance, as a plain object of the machine's class.

    Changing the copy changes nothing on the node. Raises Stale where the node runs a version with another state.
    """
    link = link_of(instance)
    copied: Any = link.binding.object_of(link.caller.state(link.binding, link.address))
    typed: M = copied
    return typed


@overload
def pipeline(*calls: Callable[[], T], return_exceptions: Literal[False] = False) -> list[T]: ...
@overload
def pipeline(*calls: Callable[[], T], return_exceptions: Literal[True]) -> list[T | Exception]: ...
def pipeline(*calls: Callable[[], Any], return_exceptions: bool = False) -> list[Any]:
    """Make calls without waiting for each answer: `pipeline(counter.incr, partial(counter.add, 3))`.

    Each call is a proxy's method, or a `functools.partial` of one; they run in this order, and all of them run, whether
    or not one before them was refused. Results come in the same order. The first exception is raised once all answers
    are there, or is given in its place in the list where `return_exceptions` is set, as `asyncio.gather` does.

    Raises:
        TypeError: something in `calls` is no method of a proxy.
        ValueError: the proxies do not share one connection.
    """
    prepared = [_prepared(call) for call in calls]
    if not prepared:
        return []
    caller = prepared[0][0].caller
    if any(link.caller is not caller for link, _ in prepared):
        raise ValueError("the calls of a pipeline go over one connection: get the proxies from one `camshaft.Client`")
    outcomes = caller.run([call for _, call in prepared])
    results = [call.binding.result(call.method, outcome) for (_, call), outcome in zip(prepared, outcomes, strict=True)]
    if not return_exceptions:
        for result in results:
            if isinstance(result, Exception):
                raise result
    return results


def link_of(instance: object) -> Link:
    """What a proxy holds. Raises TypeError where the object is no proxy."""
    link = getattr(instance, _LINK, None)
    if not isinstance(link, Link):
        raise TypeError(f"{instance!r} is no proxy: get one from `camshaft.connect` or from a node's `instance`")
    return link


def _prepared(call: Callable[[], Any]) -> tuple[Link, Call]:
    method: Any = call
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    if isinstance(method, partial):
        method, args, kwargs = call.func, call.args, call.keywords  # type: ignore[attr-defined]  # it is a partial
    instance = getattr(method, "__self__", None)
    if not isinstance(getattr(instance, _LINK, None), Link):
        raise TypeError(f"{call!r} is no method of a proxy, nor a functools.partial of one")
    link = link_of(instance)
    return link, link.binding.call(link.address, method.__name__, args, kwargs)


class _Proxy:
    """What all proxies share; a machine can have no method of any of these names, which are Python's own."""

    __slots__ = ("__weakref__", _LINK)

    def __repr__(self) -> str:
        link = link_of(self)
        return f"<{link.binding.machine.__name__} {link.address} {link.place}>"

    def __getattr__(self, name: str) -> Any:
        link = link_of(self)
        if name in link.binding.fields:
            raise AttributeError(
                f"`{name}` is part of the state of {link.address}, which is {link.place}: call a method that returns "
                f"it, or take a copy of the state with `camshaft.state(…).{name}`"
            )
        if name in link.binding.compiled.methods:
            raise AttributeError(f"`{name}` is hidden: adapters call it, for clients of earlier versions")
        raise AttributeError(f"{link.binding.machine.__name__} has no method `{name}`")

    def __setattr__(self, name: str, value: Any) -> None:
        link = link_of(self)
        raise AttributeError(
            f"`{name}` cannot be set from here: the state of {link.address} is {link.place} and changes by its methods"
        )


@cache
def _proxy_class(binding: Binding) -> type[_Proxy]:
    machine = binding.machine
    methods = {name: _remote(binding, name) for name in binding.methods}
    return type(f"{machine.__name__}Proxy", (_Proxy,), {"__slots__": (), "__doc__": machine.__doc__, **methods})


def _remote(binding: Binding, name: str) -> Callable[..., Any] | property:
    @wraps(function_under(binding.machine, name))
    def method(self: _Proxy, *args: Any, **kwargs: Any) -> Any:
        link = link_of(self)
        call = binding.call(link.address, name, args, kwargs)
        (outcome,) = link.caller.run([call])
        result = binding.result(call.method, outcome)
        if isinstance(outcome, CamshaftError):
            raise result
        return result

    return property(method) if binding.methods[name].is_property else method
