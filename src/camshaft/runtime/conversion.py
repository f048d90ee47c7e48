"""A map that becomes another one in place, entry by entry, while steps go on using it by its keys.

The map itself stays the same dict from before to after. While its entries are brought over, a `Conversion` stands in
the cell for it. An entry that is asked for is brought over then and there; the others follow in their order, a few at a
time, whenever somebody calls `advance`. First every entry that was brought over is put in a box, which tells it from
one that was not; when all are, the boxes are taken away again. Nobody else sees a box.

The keys stay as they are until the end: a dict that grew or shrank meanwhile could not be gone through in slices. A key
that is new waits in a dict of its own, one that is deleted leaves its entry behind as a mark.

Rule: what a conversion makes is a function of the map and of what was done to it, whenever and in whatever slices it is
brought over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeAlias

from msgspec import Struct

Entries: TypeAlias = dict[Any, Any]
Convert: TypeAlias = Callable[[Entries], Entries]
"""What some entries become: the same keys in the same order."""


class _Boxed(Struct, gc=False, eq=False):
    """A value that a conversion has brought over."""

    value: Any
    conversion: Conversion


class Conversion:
    """Stands for a map whose entries are being brought over: what generated code does with a map by its keys.

    A keeper is given every entry as it was, in the order of the map, for whoever has to know the old map later.
    """

    __slots__ = ("_base", "_boxing", "_convert", "_deleted", "_early", "_keeper", "_mark", "_new", "_sweep")

    def __init__(self, base: Entries | Conversion, convert: Convert, keeper: Keeper | None) -> None:
        self._base = base
        self._convert = convert
        self._keeper = keeper
        self._early: dict[Any, bytes] = {}
        """Entries as they were of keys that were brought over before their turn, as the keeper wants them."""
        self._new: Entries = {}
        self._deleted: list[Any] = []
        self._mark = object()
        """Stands in the map for an entry that was deleted: no conversion below or above takes it for its own."""
        self._boxing = True
        self._sweep: Iterator[tuple[Any, Any]] | None = None

    __iter__ = None
    """Python would go over it by asking for the keys 0, 1 and so on."""

    # ---- what a step does ------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        value = self._base.get(key, self._mark)
        if value is self._mark:
            return self._new[key]
        if self._is_boxed(value):
            return value.value
        return self._brought_over(key, value) if self._boxing else value

    def get(self, key: Any, default: Any = None) -> Any:
        """As of a dict."""
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key: Any) -> bool:
        return self._base.get(key, self._mark) is not self._mark or key in self._new

    def __len__(self) -> int:
        return len(self._base) - len(self._deleted) + len(self._new)

    def __setitem__(self, key: Any, value: Any) -> None:
        before = self._base.get(key, self._mark)
        if before is self._mark:
            self._new[key] = value
        elif self._boxing:
            self._keep_early(key, before)
            self._base[key] = _Boxed(value, self)
        else:
            self._base[key] = value

    def __delitem__(self, key: Any) -> None:
        before = self._base.get(key, self._mark)
        if before is self._mark:
            del self._new[key]
            return
        if self._boxing:
            self._keep_early(key, before)
        self._base[key] = self._mark
        self._deleted.append(key)

    def _is_boxed(self, value: Any) -> bool:
        # A conversion above puts its boxes into this one, as values.
        return type(value) is _Boxed and value.conversion is self

    def _brought_over(self, key: Any, value: Any) -> Any:
        self._keep_early(key, value)
        after = self._convert({key: value})[key]
        self._base[key] = _Boxed(after, self)
        return after

    def _keep_early(self, key: Any, value: Any) -> None:
        # Its turn will come, and only then does what is kept come in order.
        if self._keeper is not None and not self._is_boxed(value):
            self._early[key] = self._keeper.encoded({key: value})

    # ---- in the background -----------------------------------------------------------------------------------------

    def advance(self, count: int) -> Entries | None:
        """Bring over so many entries, or unpack so many boxes; the map, once there is nothing left to do."""
        base = self._base
        if isinstance(base, Conversion):
            # The one below has its turn first. Only the values of its keys are written from here, so that it can end.
            below = base.advance(count)
            if below is not None:
                self._base = below
            return None
        if self._sweep is None:
            self._sweep = iter(base.items())
        entries = list(islice(self._sweep, count))
        if self._boxing:
            self._bring_over(base, entries)
        else:
            for key, value in entries:
                if self._is_boxed(value):
                    base[key] = value.value
        if len(entries) == count:
            return None
        self._sweep = None
        if self._boxing:
            self._boxing = False
            return None
        for key in self._deleted:
            del base[key]
        base.update(self._new)
        return base

    def finish(self) -> Entries:
        """The map, with all of its entries brought over at once."""
        while (base := self.advance(1_000)) is None:
            pass
        return base

    def _bring_over(self, base: Entries, entries: list[tuple[Any, Any]]) -> None:
        keeper, early = self._keeper, self._early
        some: Entries = {}
        for key, value in entries:
            if value is self._mark or self._is_boxed(value):
                if key in early and keeper is not None:
                    self._convert_some(base, some)
                    some = {}
                    keeper.keep(early.pop(key))
            else:
                some[key] = value
        self._convert_some(base, some)

    def _convert_some(self, base: Entries, some: Entries) -> None:
        if not some:
            return
        if self._keeper is not None:
            self._keeper.keep(self._keeper.encoded(some))
        for key, value in self._convert(some).items():
            base[key] = _Boxed(value, self)


class Keeper:
    """Keeps the entries of a map as they were, as bytes, in the order of the map."""

    __slots__ = ("_encode", "is_wanted", "kept")

    def __init__(self, encode: Callable[[Entries], bytes]) -> None:
        self._encode = encode
        self.kept: list[bytes] = []
        self.is_wanted = True

    def encoded(self, entries: Entries) -> bytes:
        """Entries as bytes."""
        return self._encode(entries) if self.is_wanted else b""

    def keep(self, entries: bytes) -> None:
        """Add entries that follow those that are kept."""
        if self.is_wanted:
            self.kept.append(entries)

    def copied(self) -> Keeper:
        """What is kept, once more."""
        copy = Keeper(self._encode)
        copy.kept, copy.is_wanted = list(self.kept), self.is_wanted
        return copy

    def forget(self) -> None:
        """Keep nothing from here on."""
        self.is_wanted = False
        self.kept = []
