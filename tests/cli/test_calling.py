from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.nodes import NodeProcess, serving

SHOP = Path(__file__).parents[1] / "generators" / "shop.py"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    directory = tmp_path_factory.mktemp("calling")
    # `shop.py` holds two versions of one machine, a file that is served holds one.
    source = directory / "shop.py"
    source.write_text(SHOP.read_text().partition("class ShopV2")[0])
    with serving(source, data=directory / "data") as node:
        yield node


def test_results_are_json_and_none_is_nothing(node: NodeProcess) -> None:
    assert node.answer("call", "shop/json", "put", "tea", "5") == ""
    assert node.answer("call", "shop/json", "take", '{"sku": "tea", "count": 2}') == "3\n"
    assert node.answer("call", "shop/json", "last") == '{"sku": "tea", "count": 2}\n'
    assert node.answer("call", "shop/json", "is_open") == "true\n"
    assert node.answer("call", "shop/json", "find", "milk") == ""
    assert node.answer("state", "shop/json") == '{"stock": {"tea": 3}, "sold": [{"sku": "tea", "count": 2}]}\n'


def test_a_negative_number_is_an_argument(node: NodeProcess) -> None:
    assert node.answer("call", "shop", "double", "-5") == '[-10, "-10"]\n'


def test_a_number_beyond_64_bits_is_a_number_and_a_text_of_digits_stays_a_text(node: NodeProcess) -> None:
    large = 10**40
    assert json.loads(node.answer("call", "shop", "double", str(large))) == [2 * large, str(2 * large)]


def test_arguments_go_by_name_too(node: NodeProcess) -> None:
    node.answer("call", "shop/named", "put", "--named", "sku=a=b")
    assert json.loads(node.answer("call", "shop/named", "goods")) == {"a=b": 1}


def test_a_refusal_is_an_error_with_its_fields(node: NodeProcess) -> None:
    node.answer("call", "shop/refusing", "put", "tea")
    done = node.camshaft("call", "shop/refusing", "take", '{"sku": "tea", "count": 2}')
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'error: refused: OutOfStock {"sku":"tea","left":1}\n'


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("shop", "take", '{"sku": "milk", "count": 1}'), "(shop.py line 51, in take)"),
        (("shop", "put", "tea", "many"), "argument count: expected int, got 'many'"),
        (("shop", "put"), "takes 1 to 2 arguments"),
        (("shop", "pull"), "shop has no method 'pull'"),
        (("till", "put"), "no machine"),
        (("Shop", "put"), "is no machine's name"),
        (("shop/", "put"), "the key after `/` is empty"),
        (("shop/\x1b[31m", "put"), "control characters"),
        (("shop/\udcff", "put"), "expected UTF-8 text, got byte 0xff"),
    ],
)
def test_each_mistake_is_one_line_that_says_what_it_is(
    arguments: tuple[str, ...], says: str, node: NodeProcess
) -> None:
    done = node.camshaft("call", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [("--named", "sku"), ("tea", "--named", "count=1"), ("--named", "sku=a", "--named", "sku=b")],
)
def test_named_arguments_that_make_no_sense_are_a_usage_error(arguments: tuple[str, ...], node: NodeProcess) -> None:
    assert node.camshaft("call", "shop", "put", *arguments).returncode == 2


def test_machines_instances_and_history_are_listed(node: NodeProcess) -> None:
    for key in ("b", "a c"):
        node.answer("call", f"shop/{key}", "put", "tea")
    listed = node.answer("instances", "shop").splitlines()
    assert {"shop/b", "shop/a c"} <= set(listed)
    (machine,) = json.loads(node.answer("machines", "--json"))
    assert (machine["name"], machine["instances"]) == ("shop", len(listed))
    assert machine["id"][:12] in node.answer("machines")
    (record,) = json.loads(node.answer("history", "shop", "--json"))
    assert (record["position"], record["kind"], record["to"]) == (0, "deploy", machine["id"])
    assert machine["id"][:12] in node.answer("history", "shop")


def test_a_machine_is_described_with_types_defaults_and_refusals(node: NodeProcess) -> None:
    text = node.answer("describe", "shop")
    assert "put(sku: str, count: int = 1)" in text
    assert "OutOfStock(sku: str, left: int)" in text
    assert "state: {stock: dict[str, int]" in text
    assert json.loads(node.answer("describe", "shop", "--json"))["name"] == "shop"


def test_what_has_no_parts_is_typed_as_plain_text(tmp_path: Path) -> None:
    source = tmp_path / "gauge.py"
    source.write_text((SHOP.parent / "gauge.py").read_text())
    with serving(source, data=tmp_path / "data") as node:
        assert node.answer("call", "gauge", "half", "3") == "1.5\n"
        assert node.answer("call", "gauge", "tag", '["b", "a"]') == '["a", "b"]\n'
        assert node.answer("call", "gauge", "switch", "slow", '"KELVIN"') == '["fast", "KELVIN"]\n'
        assert node.answer("call", "gauge", "next_unit", "KELVIN") == '"CELSIUS"\n'
        assert node.answer("call", "gauge", "after", "2026-01-31T13:00:00+01:00") == '"2026-01-31T12:05:00Z"\n'
        assert node.answer("call", "gauge", "wait", "PT1S") == '"PT5M1S"\n'
        assert node.answer("call", "gauge", "add", "00ff") == '"00ff"\n'
        done = node.camshaft("call", "gauge", "next_unit", "FAHRENHEIT")
        assert "expected one of CELSIUS, KELVIN, got 'FAHRENHEIT'" in done.stderr


def test_instances_are_listed_in_pages_and_deleted(node: NodeProcess) -> None:
    for key in "abc":
        node.answer("call", f"shop/page-{key}", "put", "tea")
    everything = node.answer("instances", "shop").splitlines()
    done = node.camshaft("instances", "shop", "--limit", "2")
    assert (done.stdout.splitlines(), done.stderr) == (everything[:2], "more: --limit 2 --after 2\n")
    last = node.camshaft("instances", "shop", "--limit", "1000", "--after", "2")
    assert (last.stdout.splitlines(), last.stderr) == (everything[2:], "")
    assert node.answer("delete", "shop/page-b").startswith("shop/page-b: deleted at position ")
    assert node.answer("instances", "shop").splitlines() == [each for each in everything if each != "shop/page-b"]
    again = node.camshaft("delete", "shop/page-b", "--yes")
    assert (again.returncode, again.stderr) == (1, "error: there is no instance shop/page-b; nothing was changed\n")
