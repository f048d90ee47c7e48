"""Random upgrades, rollbacks, inputs and restarts, against a model that knows nothing of programs or journals."""

from __future__ import annotations

from hypothesis import settings

from generators.journeys import Journey

TestJourney = Journey.TestCase
TestJourney.settings = settings(stateful_step_count=30)
