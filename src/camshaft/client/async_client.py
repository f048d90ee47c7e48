"""The asynchronous client: the shape of the blocking one, with `await`.

Python cannot type "the same class with every method awaited", so an asynchronous proxy offers two ways to call:

    await counter.add(3)                     # short; its type is Any
    await counter(Counter.add, 3)            # the same call, with the types of `Counter.add` checked

Calls made at the same time (`asyncio.gather`, tasks) travel together: that is the pipeline.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from camshaft.client.aio import AsyncConnection
from camshaft.client.binding import Binding, Call
from camshaft.client.connection import ANSWER_TIMEOUT_S
from camshaft.client.endpoint import DEFAULT_ENDPOINT, Endpoint
from camshaft.client.introductions import Manner, introduction, manner, manner_with
from camshaft.client.outcomes import Deleted, deleted
from camshaft.client.proxy import binding_of
from camshaft.client.wire_calls import state_of
from camshaft.errors import CamshaftError, Stale
from camshaft.language.machine import Machine
from camshaft.values.address import Address

M = TypeVar("M", bound=Machine)
P = ParamSpec("P")
R = TypeVar("R")

_LINK = "__camshaft_link__"


class AsyncClient:
    """An asynchronous client of the node at an endpoint, over one connection, for one event loop."""

    def __init__(
        self, node: str | Endpoint = DEFAULT_ENDPOINT, *, timeout_s: float = ANSWER_TIMEOUT_S, retry: bool = True
    ) -> None:
        """`retry`: as for `Client`."""
        self.connection = AsyncConnection(Endpoint.of(node), timeout_s, retry=retry)
        self.manners: dict[Binding, Manner] = {}
        """How the calls of each class are made, as was found out when it first made one."""
        self._beside: dict[tuple[Binding, str], Manner] = {}

    def instance(self, machine: type[M], key: str | None = None) -> AsyncInstance[M]:
        """A proxy for an instance, whose methods are awaited."""
        binding = binding_of(machine)
        return AsyncInstance(_AsyncLink(self, binding, binding.address(key)))

    async def introduce(self, binding: Binding) -> Manner:
        """Say which version a class is of, and find out how its calls are made."""
        reply = await self.connection.introduce(introduction(binding))
        found = manner(binding, reply)
        if found is None:
            found = manner_with(binding, await self.connection.repeatable("PROGRAM", binding.program.name))
        if reply["running"] is not None:
            self.manners[binding] = found
        return found

    async def manner_beside(self, binding: Binding, running: str) -> Manner:
        """How the calls of a class are made to instances of a program that its rollout has not come to yet."""
        found = self._beside.get((binding, running))
        if found is None:
            program = await self.connection.repeatable("PROGRAM", binding.program.name)
            found = self._beside[binding, running] = manner_with(binding, program, rolled_out=True)
        return found

    async def delete(self, address: str) -> Deleted:
        """Let an instance be no more; as the blocking client's."""
        return deleted(await self.connection.command("DELETE", address))

    async def close(self) -> None:
        """End the connection. The proxies that this client gave out end with it."""
        await self.connection.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()


class _AsyncLink:
    def __init__(self, client: AsyncClient, binding: Binding, address: Address) -> None:
        self.client = client
        self.binding = binding
        self.address = address

    async def run(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        call = self.binding.call(self.address, name, args, kwargs)
        known = self.client.manners.get(self.binding)
        outcome = await self._outcome(call, known)
        if isinstance(outcome, Stale) and self.client.manners.pop(self.binding, None) is not None:
            # Something else may run now, and nothing of this call has run.
            made = await self.client.introduce(self.binding)
            if known not in (None, made):
                outcome = await self._outcome(call, made)
            if isinstance(outcome, Stale) and made.beside is not None:
                outcome = await self._outcome(call, await self.client.manner_beside(self.binding, made.beside))
        result = self.binding.result(call.method, outcome)
        if isinstance(outcome, CamshaftError):
            raise result
        return result

    async def _outcome(self, call: Call, known: Manner | None) -> Any:
        try:
            made = known or await self.client.introduce(self.binding)
            command = made.command(call)
        except CamshaftError as error:
            return error
        try:
            reply = await self.client.connection.call(command, after=made.introduction)
        except CamshaftError as error:
            reply = error
        return made.outcome(call, reply)


class AsyncInstance(Generic[M]):
    """A proxy for an instance on a node: `await proxy.method(…)`, or typed, `await proxy(Class.method, …)`."""

    __slots__ = (_LINK,)

    def __init__(self, link: _AsyncLink) -> None:
        setattr(self, _LINK, link)

    def __call__(self, method: Callable[Concatenate[M, P], R], /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        """Call a method of the machine, given as the function of its class, with its types."""
        link = _link_of(self)
        name = getattr(method, "__name__", "")
        if getattr(link.binding.machine, name, None) is not method or name not in link.binding.methods:
            raise TypeError(f"{method!r} is no method of {link.binding.machine.__name__}")
        return link.run(name, args, kwargs)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        link = _link_of(self)
        if name not in link.binding.methods:
            raise AttributeError(f"{link.binding.machine.__name__} has no method `{name}`")

        def method(*args: Any, **kwargs: Any) -> Awaitable[Any]:
            return link.run(name, args, kwargs)

        return method

    def __repr__(self) -> str:
        link = _link_of(self)
        return f"<{link.binding.machine.__name__} {link.address} on {link.client.connection.endpoint}, to be awaited>"


async def connect_async(
    machine: type[M],
    node: str | Endpoint = DEFAULT_ENDPOINT,
    key: str | None = None,
    *,
    timeout_s: float = ANSWER_TIMEOUT_S,
    retry: bool = True,
) -> AsyncInstance[M]:
    """The asynchronous twin of `camshaft.connect`; the same arguments and errors.

    `await proxy.method(…)` has the type Any; `await proxy(Class.method, …)` is typed as the method is.
    """
    client = AsyncClient(node, timeout_s=timeout_s, retry=retry)
    await client.introduce(binding_of(machine))
    return client.instance(machine, key)


async def close_async(instance: AsyncInstance[Any]) -> None:
    """End an asynchronous proxy's connection, and with it the other proxies that share it."""
    await _link_of(instance).client.close()


async def state_async(instance: AsyncInstance[M]) -> M:
    """The asynchronous twin of `camshaft.state`."""
    link = _link_of(instance)
    text = await link.client.connection.repeatable("STATE", str(link.address))
    copied: Any = link.binding.object_of(state_of(link.binding, text))
    typed: M = copied
    return typed


def _link_of(instance: AsyncInstance[Any]) -> _AsyncLink:
    link: _AsyncLink = object.__getattribute__(instance, _LINK)
    return link
