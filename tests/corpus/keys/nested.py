"""Keys that hold tuples and frozen sets in tuples, in dataclasses, in members of unions."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Route:
    stops: tuple[str, ...]
    days: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Parcel:
    route: Route
    labels: tuple[frozenset[str], ...] = ()


class Depot(Machine):
    fares: dict[Route, int] = {Route(("a", "b")): 3}
    held: dict[Parcel, list[int]] = {}
    either: dict[Route | tuple[int, ...] | None, str] = {None: "none"}
    grid: dict[tuple[frozenset[str], ...], int] = {}
    nested: dict[tuple[tuple[int, ...], tuple[str, frozenset[int]]], bool] = {}

    def price(self, stops: tuple[str, ...], days: list[int]) -> int:
        route = Route(stops, frozenset(days))
        self.fares[route] = self.fares.get(route, 0) + len(stops)
        return self.fares[Route(stops, frozenset(reversed(days)))]

    def hold(self, stops: list[str], labels: list[list[str]]) -> list[int]:
        parcel = Parcel(Route(tuple(stops)), tuple([frozenset(one) for one in labels]))
        kept = self.held.setdefault(parcel, [])
        kept.append(len(parcel.labels))
        for key, numbers in self.held.items():
            numbers.append(len(key.route.stops))
        return self.held[parcel]

    def say(self, number: int, stops: tuple[str, ...]) -> list[str]:
        key: Route | tuple[int, ...] | None = None
        if number > 0:
            key = tuple(range(number % 4))
        elif number < 0:
            key = Route(stops)
        self.either[key] = f"{number}"
        out = []
        for one, text in self.either.items():
            if one is None:
                out.append(text)
            elif isinstance(one, Route):
                out.append(text + one.stops[0] if one.stops else text)
            else:
                out.append(text + str(len(one)))
        return out

    def cell(self, one: frozenset[str], other: frozenset[str]) -> int:
        self.grid[(one, other)] = self.grid.get((other, one), 0) + 1
        self.grid[(one,)] = len(self.grid)
        return sum(self.grid.values())

    def deep(self, numbers: tuple[int, ...], text: str) -> list[tuple[int, str]]:
        none: frozenset[int] = frozenset()
        self.nested[numbers, (text, frozenset(numbers))] = (numbers, (text, none)) in self.nested
        return [(sum(some), word) for some, (word, _) in self.nested]
