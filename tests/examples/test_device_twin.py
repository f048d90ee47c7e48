"""The twin of a device: what it should be, what it is, and the difference."""

from __future__ import annotations

import device_twin
import device_twin_v2
from device_twin import OldReport
from device_twin_v2 import NotANumber, Number, Switch, Text
from generators.services import Service


def test_a_device_is_told_what_to_change() -> None:
    twin = Service(device_twin.DeviceTwin)
    twin("set", "target", 21.5)
    twin("set", "fan", 2.0)
    assert twin("silent_for_s") is None
    assert twin("report", 1, {"fan": 2.0, "target": 19.0}) == {"target": 21.5}
    assert twin("report", 1, {"fan": 0.0}) == OldReport(number=1, last=1)
    twin.wait(seconds=90, milliseconds=250)
    assert twin("silent_for_s") == 90.25
    assert twin("unset", "target") is True
    assert twin("unset", "target") is False
    assert twin("in_sync") is True


def test_settings_are_kept_through_the_upgrade() -> None:
    twin = Service(device_twin.DeviceTwin)
    twin("set", "target", 21.5)
    twin("report", 1, {"target": 19.0, "power": 3.0})
    typed = twin.upgraded(device_twin_v2.to_properties)
    assert typed("delta") == {"target": Number(21.5)}
    assert typed("describe", "power") == "power: 3.0"
    typed("set", "name", Text("hall"))
    report = {"target": Number(21.5), "name": Text(""), "on": Switch(True)}
    assert typed("report", 2, report) == {"name": Text("hall")}
    assert typed("describe", "name") == "name: empty"
    assert typed("describe", "on") == "on: on"
    assert typed("in_sync") is False


def test_the_last_readings_have_a_mean() -> None:
    twin = Service(device_twin_v2.DeviceTwin)
    assert twin("average", "load") == NotANumber("load")
    for number in range(1, 63):
        twin("report", number, {"load": Number(float(number))})
    assert twin("average", "load") == 32.5
