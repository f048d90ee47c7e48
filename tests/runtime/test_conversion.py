"""A map that is brought over in place is, to whoever uses it by key, the map that it is to become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from camshaft.runtime.conversion import Conversion, Entries, Keeper
from camshaft.values.codec import decode_raw, encode_raw

keys = st.sampled_from("abcdefgh")
numbers = st.integers(0, 9)


class Bringing(RuleBasedStateMachine):
    """A map on its way through any number of conversions, the next of which may begin in the middle of the last."""

    @initialize(entries=st.dictionaries(keys, numbers, max_size=8))
    def begin(self, entries: dict[str, int]) -> None:
        self.model = dict(entries)
        self.base = dict(entries)
        self.now: Entries | Conversion = self.base
        self.kept: list[tuple[dict[str, int], Keeper]] = []
        self.versions = 0

    @rule()
    def go_on(self) -> None:
        self.versions += 1
        # Each version computes something else, so that an entry that missed one or had one twice is seen.
        version = self.versions

        def convert(entries: Entries) -> Entries:
            return {key: (value * 31 + version) % 1_000_003 for key, value in entries.items()}

        keeper = Keeper(encode_raw)
        self.kept.append((dict(self.model), keeper))
        self.now = Conversion(self.now, convert, keeper)
        self.model = convert(self.model)

    @rule(key=keys)
    def look(self, key: str) -> None:
        assert (key in self.now) == (key in self.model)
        assert self.now.get(key, None) == self.model.get(key)
        if key in self.model:
            assert self.now[key] == self.model[key]
        else:
            with pytest.raises(KeyError, match=key):
                self.now[key]

    @rule(key=keys, value=numbers)
    def put(self, key: str, value: int) -> None:
        self.now[key] = self.model[key] = value

    @rule(key=keys)
    def delete(self, key: str) -> None:
        if key in self.model:
            del self.now[key], self.model[key]
        else:
            with pytest.raises(KeyError, match=key):
                del self.now[key]

    @rule(count=st.integers(1, 5))
    def advance(self, count: int) -> None:
        if isinstance(self.now, Conversion):
            done = self.now.advance(count)
            if done is not None:
                self.now = done

    @rule()
    def finish(self) -> None:
        if isinstance(self.now, Conversion):
            self.now = self.now.finish()

    @invariant()
    def sizes_are_equal(self) -> None:
        if hasattr(self, "model"):
            assert len(self.now) == len(self.model)

    def teardown(self) -> None:
        self.finish()
        assert self.now is self.base, "it is still the same dict"
        assert list(self.base.items()) == list(self.model.items())
        for before, keeper in self.kept:
            entries = [entry for some in keeper.kept for entry in decode_raw(some).items()]
            assert entries == list(before.items()), "what was kept is the map before, in its order"


TestBringing = Bringing.TestCase


@given(st.dictionaries(keys, numbers))
def test_nothing_is_kept_for_a_keeper_that_lets_go(entries: dict[str, int]) -> None:
    keeper = Keeper(encode_raw)
    keeper.forget()
    Conversion(dict(entries), dict, keeper).finish()
    assert keeper.kept == []


def test_it_cannot_be_gone_through() -> None:
    with pytest.raises(TypeError):
        list(Conversion({0: "a"}, dict, None))  # type: ignore[call-overload]  # which is what is claimed
