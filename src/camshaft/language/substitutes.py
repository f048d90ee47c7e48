"""Functions of other modules that authors are known to reach for, and what the language has instead.

Most ask the system for a time or for random numbers, which would differ on every replica and in every replay; others
make what is no value here, or are written otherwise in each version of Python.
"""

from __future__ import annotations

import ast
import sys
from functools import reduce
from types import ModuleType
from typing import Any, Final

from camshaft.language import occasion
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code
from camshaft.language.names import lookup
from camshaft.language.unsupported import Reason

_CLOCK: Final = "reads the clock of the system, which differs on every replica and in every replay"
_RANDOM: Final = "takes random numbers from the system, which differ on every replica and in every replay"
_NOW: Final = Reason(_CLOCK, "write `cam.now()`: the time of the step, in UTC")
_TIMER: Final = Reason(_CLOCK, "write `cam.now()`; the difference of two times is a `timedelta`")
_UUID: Final = Reason(_RANDOM, "write `cam.uuid()`")
_ROUNDED: Final = Reason(
    "has last digits that differ between platforms: the nodes of a cluster would disagree",
    "compute it at the client, and pass the number as a parameter",
)
_NO_VALUE: Final = "makes what is no value of the language"
_LIBRARY: Final = "comes with Python, and is not part of the language"
_SORTED: Final = Reason(
    _LIBRARY,
    "keep the list sorted: `xs.append(x)`, `xs.sort()`; `xs.pop(0)` takes the least, and `sorted(xs)[:n]` shows n",
)
_ROUNDED_OF_MATH: Final = (
    *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "sin", "sinh", "tan", "tanh"),
    *("cbrt", "exp", "exp2", "expm1", "log", "log10", "log1p", "log2", "pow", "degrees", "radians", "dist", "hypot"),
    *("erf", "erfc", "gamma", "lgamma"),
)

SUBSTITUTES: Final[dict[str, Reason]] = {
    "datetime.datetime.now": _NOW,
    "datetime.datetime.utcnow": _NOW,
    "datetime.datetime.today": _NOW,
    "datetime.date.today": _NOW,
    "time.time": _TIMER,
    "time.time_ns": _TIMER,
    "time.monotonic": _TIMER,
    "time.monotonic_ns": _TIMER,
    "time.perf_counter": _TIMER,
    "time.perf_counter_ns": _TIMER,
    "time.sleep": Reason("would wait, and a step never does", "leave it out: what is later is another input"),
    "random.random": Reason(_RANDOM, "write `cam.random()`"),
    "random.uniform": Reason(_RANDOM, "write `a + (b - a) * cam.random()`"),
    "random.randint": Reason(_RANDOM, "write `cam.randint(a, b)`"),
    "random.randrange": Reason(_RANDOM, "write `cam.randrange(n)`"),
    "random.getrandbits": Reason(_RANDOM, "write `cam.randrange(2**k)`"),
    "random.choice": Reason(_RANDOM, "write `xs[cam.randrange(len(xs))]`"),
    "random.shuffle": Reason(
        _RANDOM, "write a loop that exchanges `xs[i]` with `xs[cam.randrange(i + 1)]`, from the last i down to 1"
    ),
    "random.sample": Reason(_RANDOM, "take `xs.pop(cam.randrange(len(xs)))` from a copy, as often as is needed"),
    "random.seed": Reason("would change what others draw", "leave it out: the seed of a step is in the journal"),
    "secrets.randbelow": Reason(_RANDOM, "write `cam.randrange(n)`"),
    "secrets.choice": Reason(_RANDOM, "write `xs[cam.randrange(len(xs))]`"),
    "secrets.token_hex": Reason(_RANDOM, "make the secret outside, and pass it as a parameter: a journal keeps none"),
    "secrets.token_urlsafe": Reason(
        _RANDOM, "make the secret outside, and pass it as a parameter: a journal keeps none"
    ),
    "secrets.token_bytes": Reason(_RANDOM, "make the secret outside, and pass it as a parameter: a journal keeps none"),
    "os.urandom": Reason(_RANDOM, "make the secret outside, and pass it as a parameter: a journal keeps none"),
    "uuid.uuid1": _UUID,
    "uuid.uuid4": _UUID,
    "collections.deque": Reason(_NO_VALUE, "use a list: `xs.append(x)`, `xs.pop(0)`, and `xs[-n:]` for the last n"),
    "collections.defaultdict": Reason(
        _NO_VALUE, "use a dict: `d[k] = d.get(k, 0) + 1`, `d.setdefault(k, []).append(x)`"
    ),
    "collections.Counter": Reason(
        _NO_VALUE,
        "count in a dict: `counts: dict[str, int] = {}`, `for x in xs: counts[x] = counts.get(x, 0) + 1`",
    ),
    "collections.OrderedDict": Reason(_NO_VALUE, "use a dict, which keeps its order"),
    "collections.ChainMap": Reason(_NO_VALUE, "join the dicts: `second | first`"),
    "itertools.chain": Reason(_NO_VALUE, "join the lists: `xs + ys`, `[x for xs in many for x in xs]`"),
    "itertools.count": Reason(_NO_VALUE, "count in a variable, in a `while`"),
    "itertools.product": Reason(_NO_VALUE, "write `[(x, y) for x in xs for y in ys]`"),
    "itertools.combinations": Reason(
        _NO_VALUE, "for pairs write `[(x, y) for i, x in enumerate(xs) for y in xs[i + 1 :]]`"
    ),
    "itertools.pairwise": Reason(_NO_VALUE, "write `zip(xs, xs[1:])`"),
    "itertools.islice": Reason(_NO_VALUE, "slice the list: `xs[a:b]`"),
    "itertools.groupby": Reason(_NO_VALUE, "group in a dict: `groups.setdefault(key, []).append(x)`, in a loop"),
    "itertools.accumulate": Reason(_NO_VALUE, "append the total to a list, in a loop"),
    "functools.reduce": Reason(_LIBRARY, "write the loop: `total = …`, `for x in xs: total = …`"),
    "heapq.heappush": _SORTED,
    "heapq.heappop": _SORTED,
    "heapq.heapify": _SORTED,
    "heapq.heappushpop": _SORTED,
    "heapq.heapreplace": _SORTED,
    "heapq.nlargest": Reason(_LIBRARY, "write `sorted(xs, reverse=True)[:n]`, with the same `key=`"),
    "heapq.nsmallest": Reason(_LIBRARY, "write `sorted(xs)[:n]`, with the same `key=`"),
    "bisect.insort_right": Reason(_LIBRARY, "write `xs.append(x)`, `xs.sort()`"),
    "bisect.bisect_left": Reason(_LIBRARY, "write `sum(y < x for y in xs)`, or the search with `while`"),
    "bisect.bisect_right": Reason(_LIBRARY, "write `sum(y <= x for y in xs)`, or the search with `while`"),
    "copy.copy": Reason(_LIBRARY, "write `list(xs)`, `dict(d)`, `replace(obj)`"),
    "copy.deepcopy": Reason(
        _LIBRARY, "make each part anew: `[replace(x) for x in xs]`, `{k: list(v) for k, v in d.items()}`"
    ),
    "dataclasses.asdict": Reason(_LIBRARY, "return the object itself: its callers get the fields"),
    "dataclasses.astuple": Reason(_LIBRARY, "write the tuple out: `(x.a, x.b)`"),
    "json.dumps": Reason(_LIBRARY, "return the value itself: its callers get it as JSON"),
    "json.loads": Reason(_LIBRARY, "take the value as a parameter of its type: its callers may give it as JSON"),
    "datetime.datetime.strptime": Reason(
        _LIBRARY, "take a `datetime` as a parameter, or write `datetime(year, month, day, tzinfo=UTC)`"
    ),
    "datetime.datetime.fromisoformat": Reason(
        _LIBRARY, "take a `datetime` as a parameter, or write `datetime(year, month, day, tzinfo=UTC)`"
    ),
    "statistics.mean": Reason(_LIBRARY, "write `sum(xs) / len(xs)`, with `math.fsum(xs)` for floats"),
    "re.match": Reason(_LIBRARY, "test the text by its methods: `startswith`, `partition`, `isdigit`, `in`"),
    "re.fullmatch": Reason(_LIBRARY, "test the text by its methods: `startswith`, `partition`, `isdigit`, `in`"),
    "re.search": Reason(_LIBRARY, "test the text by its methods: `startswith`, `partition`, `isdigit`, `in`"),
    "re.sub": Reason(_LIBRARY, "write `replace`, or go through the characters"),
    "re.split": Reason(_LIBRARY, "write `split`, or go through the characters"),
    "math.isnan": Reason(
        "is never true: no value is NaN here, and what would give one fails with ValueError",
        "leave the test out, or write `math.isfinite(x)`",
    ),
    **{f"math.{name}": _ROUNDED for name in _ROUNDED_OF_MATH},
}
"""By the name of the module and the way from there; what it does, and what to write instead."""

_BY_OWN_NAME: Final[dict[str, list[tuple[str, Reason]]]] = {}
for _name, _given in SUBSTITUTES.items():
    # Under whatever name it is called, a function knows its own.
    _BY_OWN_NAME.setdefault(_name.rpartition(".")[2], []).append((_name, _given))

ASKED: Final = (occasion.now, occasion.random, occasion.randrange, occasion.randint, occasion.uuid, occasion.key)
"""What a step may ask, and nothing else: outside of one the system answers."""


def check_substitutes(body: Body, function: ast.expr) -> None:
    """Refuse a call of a function for which there is something else. Raises Problem."""
    reason = _reason(_resolved(body, function))
    if reason is not None:
        raise body.problem(Code.UNSUPPORTED, f"`{ast.unparse(function)}` {reason.message}", function, reason.help)


def differs_each_time(function: object) -> bool:
    """Whether a function gives something else at each call: the time, or what it draws."""
    reason = _reason(function)
    return function in ASKED or (reason is not None and reason.message in (_CLOCK, _RANDOM))


def _reason(function: Any) -> Reason | None:
    if function is None:
        return None
    for name, reason in _BY_OWN_NAME.get(getattr(function, "__name__", ""), ()):
        module, *way = name.split(".")
        # What is not imported by now is nothing that the author's file calls.
        if module in sys.modules and _same(reduce(getattr, way, sys.modules[module]), function):
            return reason
    return None


def _resolved(body: Body, node: ast.expr) -> Any:
    """What a name, or a name behind dots of modules and classes, stands for; None where it stands for nothing."""
    match node:
        case ast.Name(id=name) if name not in body.names and name not in body.flow.variables:
            try:
                return lookup(body.unit.names, name)
            except KeyError:
                return None
        case ast.Attribute(value=before, attr=name):
            owner = _resolved(body, before)
            return getattr(owner, name, None) if isinstance(owner, ModuleType | type) else None
        case _:
            return None


def _same(known: Any, obj: Any) -> bool:
    # A method of a class or of an object is a new object each time that it is looked up.
    return known is obj or (type(known) is type(obj) and bool(known == obj))
