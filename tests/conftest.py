"""What all tests share: how many examples the property tests try.

`ci`, the default, is bounded and repeats itself exactly, so that a red run can be run again. `make fuzz` takes
`fuzz`: more examples, other ones each time, and every failure kept in .hypothesis/ until it is fixed.
"""

from hypothesis import HealthCheck, settings

# Deadlines and the slowness check time the machine, not the code: two test processes share two cores.
settings.register_profile(
    "ci", max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "fuzz", max_examples=6_000, derandomize=False, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")
