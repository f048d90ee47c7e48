"""Migrations that cannot fail are put off, and nobody can tell: not by any answer, state, plan, record or rollback.

The oracle is an engine that does everything at once. The two get the same journal; the one that puts off does some of
its work in the background in between, now and then, and goes over maps a few entries at a time. What can fail, it may
have prepared: then inputs come between that and the upgrade.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.rollout import ALL
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine, compile_migration
from camshaft.runtime import stages
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deletion, Input, Steer
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address
from camshaft.values.codec import encode_raw
from generators import stores
from generators.machines import upgrade
from generators.rollbacks import picture
from generators.rollouts import terms

KEYS: Final = (None, "ann", "bob")


@pytest.fixture(autouse=True)
def small_maps_are_brought_over_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "LARGE", 2)
    monkeypatch.setattr(stages, "SOME", 2)


ONE, TWO, THREE = (stores.Store, stores.Store2, stores.Store3)
PROGRAMS: Final = {version: compile_machine(version).program for version in (ONE, TWO, THREE)}
CODES: Final = {
    each: compile_migration(each).program
    for each in (stores.priced, stores.unpriced, stores.counted, stores.noted, stores.without_e)
}
CHANGES: Final[dict[type[Any], tuple[tuple[type[Any], Any, Any], ...]]] = {
    ONE: ((TWO, stores.priced, stores.unpriced), (TWO, stores.priced, None)),
    TWO: ((THREE, stores.counted, None), (ONE, stores.unpriced, stores.priced), (ONE, stores.without_e, None)),
    THREE: ((ONE, stores.noted, None),),
}
"""From each version: to which, by which migration, with which downgrade."""

names = st.sampled_from(["a", "b", "c", "d", "e"])
calls = st.one_of(
    st.tuples(st.just("put"), st.tuples(names, st.integers(0, 9))),
    st.tuples(st.just("put"), st.tuples(names, st.integers(0, 9))),
    st.tuples(st.just("take"), st.tuples(names)),
    st.tuples(st.just("note"), st.tuples(names, st.just("x"))),
    st.tuples(st.sampled_from(["has", "names"]), st.just(())),
)
inputs = st.lists(st.tuples(st.sampled_from(KEYS), calls), min_size=1, max_size=8)
happenings = st.one_of(
    st.tuples(st.just("inputs"), inputs),
    st.tuples(st.just("inputs"), inputs),
    st.tuples(st.just("delete"), st.sampled_from(KEYS)),
    st.tuples(st.just("upgrade"), st.integers(0, 2)),
    st.tuples(st.just("rollout"), st.tuples(st.integers(0, 2), st.sampled_from([ALL // 2, ALL]))),
    st.tuples(st.just("steer"), st.sampled_from(["grow", "confirm"])),
    st.tuples(st.just("rollback"), st.sampled_from(["downgrade", "replay", "trial"])),
    st.tuples(st.just("prepare"), st.integers(0, 2)),
    st.tuples(st.just("look"), st.sampled_from(KEYS)),
    st.tuples(st.just("advance"), st.integers(1, 12)),
)


class Both:
    """A replica that puts migrations off, and one that does not."""

    def __init__(self) -> None:
        self.lazy = Replica(MemoryJournal(), clock_us=lambda: 0, seed=lambda: b"")
        self.eager = Replica(MemoryJournal(), clock_us=lambda: 0, seed=lambda: b"")
        self.eager.engine = Engine(self.eager._past, at_once=True)
        self.version: type[Any] = ONE
        self.prepared: bytes | None = None
        for replica in self.replicas:
            replica.deploy(encode_program(PROGRAMS[ONE]))

    @property
    def replicas(self) -> tuple[Replica, Replica]:
        return self.lazy, self.eager

    def do(self, what: str, how: Any) -> None:
        """Let it happen to both, and compare what comes of it."""
        if what == "advance":
            preparation = self.lazy.engine.machine("store").preparation
            for _ in range(how):
                self.lazy.engine.advance()
                if preparation is not None:
                    with suppress(Rejected):  # the upgrade will say so as well
                        preparation.advance()
            return
        if what == "prepare":
            self.prepared = self._upgrade(how)
            with suppress(Rejected):  # as above
                self.lazy.prepare(self.prepared)
            return
        if what == "upgrade":
            how = self._upgrade(how) if self.prepared is None else self.prepared
            self.prepared = None
        if what == "rollout":
            number, share = how
            what, how = "upgrade", self._upgrade(number, share)
        one, other = [list(self._done(replica, what, how)) for replica in self.replicas]
        assert one == other, (what, how)
        self.version = next(each for each in CHANGES if program_id(PROGRAMS[each]) == one[-1])

    def _upgrade(self, number: int, share: int | None = None) -> bytes:
        changes = CHANGES[self.version]
        after, migration, downgrade = changes[number % len(changes)]
        back = None if downgrade is None else CODES[downgrade]
        methods = tuple(sorted(method.name for method in PROGRAMS[after].methods))
        rollout = None if share is None else terms(ALL // 2, ALL, traps=ALL, refusals=ALL, different=methods)
        if share == ALL:
            rollout = terms(traps=ALL // 2, different=methods, enough=2)
        return upgrade(PROGRAMS[self.version], PROGRAMS[after], CODES[migration], back, rollout=rollout)

    def _done(self, replica: Replica, what: str, how: Any) -> Iterator[Any]:
        machine = replica.engine.machine("store")
        try:
            if what == "inputs":
                interface = program_id(PROGRAMS[self.version])
                known = machine.loaded.methods
                entries = [
                    Input("store", key, method, arguments or (("a",) if method == "has" else ()), interface)
                    for key, (method, arguments) in how
                    if method in known
                ]
                yield replica.commit(entries)
            elif what == "delete":
                yield replica.commit([Deletion("store", how)])
            elif what == "upgrade":
                yield replica.upgrade(how)
            elif what == "steer":
                position = 0 if machine.rollout is None else machine.rollout.position
                yield replica.steer(Steer(f"{replica.engine.position:032}", "store", position, how))
                yield None if machine.rollout is None else replica.rollout("store")
            elif what == "rollback":
                plan = replica.plan_rollback("store", how) if len(machine.history) % 2 else None
                yield plan
                checked = replica.engine.check_rollback("store", way=how)
                id_ = f"{replica.engine.position:032}"
                yield replica.rollback(id_, "store", checked.undoable.position, checked.way)
            else:
                yield encode_raw(replica.engine.state(Address("store", how))[1])
        except Rejected as error:
            yield str(error)
        yield machine.loaded.id


@given(st.lists(happenings, min_size=4, max_size=25))
def test_a_migration_that_is_put_off_is_as_if_done_at_once(story: list[tuple[str, Any]]) -> None:
    both = Both()
    both.do("inputs", [(key, ("put", (name, 1))) for key in KEYS[:2] for name in "abcd"])
    for what, how in story:
        both.do(what, how)
    assert picture(both.lazy) == picture(both.eager)
    while both.lazy.engine.advance():
        pass
    assert picture(both.lazy) == picture(both.eager)
    recovered = Replica(both.lazy.journal, clock_us=lambda: 0, seed=lambda: b"")
    recovered.recover()
    assert picture(recovered) == picture(both.eager)
