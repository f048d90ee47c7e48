"""What is not a machine, and arguments that do not fit, are told in words of the user's own program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import camshaft as cam
from camshaft.simulation import BACKENDS


class Counter(cam.Machine):
    count: int = 0

    def add(self, n: int) -> int:
        self.count += n
        return self.count


NOT_MACHINES: list[Any] = [int, 5, cam.Machine, cam.Refusal, "Counter"]


@pytest.mark.parametrize("thing", NOT_MACHINES, ids=repr)
@pytest.mark.parametrize(
    "function", [cam.compile_machine, cam.simulate, cam.connect, cam.Node().deploy, cam.Node().instance]
)
def test_what_is_no_machine_is_a_type_error_that_says_so(function: Callable[[Any], Any], thing: Any) -> None:
    with pytest.raises(TypeError, match="is not a machine's class"):
        function(thing)


def test_an_instance_in_place_of_its_class_is_told() -> None:
    wrong: Any = Counter()
    with pytest.raises(TypeError, match="got an instance of it: write `Counter`"):
        cam.Node().deploy(wrong)


@pytest.mark.parametrize("backend", BACKENDS)
def test_arguments_that_do_not_fit_name_the_method(backend: str) -> None:
    counter: Any = cam.simulate(Counter, backend=backend)
    wrong: list[tuple[tuple[int, ...], dict[str, int]]] = [((), {}), ((1, 2), {}), ((), {"m": 1})]
    for args, kwargs in wrong:
        with pytest.raises(TypeError, match=r"Counter\.add"):
            counter.add(*args, **kwargs)
