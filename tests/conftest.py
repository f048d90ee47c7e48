"""What all tests share: how many examples the property tests try.

`ci`, the default, is bounded and repeats itself exactly, so that a red run can be run again. `make fuzz` takes
`fuzz`: more examples, other ones each time, and every failure kept in .hypothesis/ until it is fixed.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

# Deadlines and the slowness check time the machine, not the code: two test processes share two cores.
settings.register_profile(
    "ci", max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "fuzz", max_examples=6_000, derandomize=False, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    """Under `ci`, keep Hypothesis from drawing the constants of whatever modules are loaded by then: which ones are
    depends on the tests that ran before in the same process, and no two runs of two processes agree on that."""
    if config.getoption("--hypothesis-profile") is None:
        providers._get_local_constants = lambda: providers._local_constants
