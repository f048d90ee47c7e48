"""The shopping cart, driven at random: as bytecode it is what it is as plain Python."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from camshaft.language.compile import compile_file
from generators.differential import Call, agree, call

(CART,) = compile_file(Path(__file__).parents[2] / "examples" / "cart.py").machines

SKUS = st.sampled_from(["apple", "pear", "plum"])
QUANTITIES = st.integers(-1, 60)
INPUTS = st.one_of(
    st.builds(lambda sku, price, n: call("add", sku, sku.title(), price, n), SKUS, st.integers(-1, 500), QUANTITIES),
    st.builds(lambda sku: call("add", sku=sku, title="one", price_cents=5), SKUS),
    st.builds(lambda sku: call("remove", sku), SKUS),
    st.builds(lambda coupon: call("redeem", coupon), st.sampled_from(["ten", "five"])),
    st.sampled_from([call("total"), call("titles"), call("describe")]),
)
ENDS = st.sampled_from([[], [call("order", "n1")], [call("order", "n1"), call("ship", "p1")], [call("ship", "p1")]])


@given(st.lists(INPUTS, max_size=12), ENDS, st.lists(INPUTS, max_size=3))
def test_the_cart_is_what_it_is_in_python(before: list[Call], end: list[Call], after: list[Call]) -> None:
    agree(CART.cls, *before, *end, call("describe"), *after, call("total"))


def test_a_cart_from_first_item_to_parcel() -> None:
    outcomes = agree(
        CART.cls,
        call("add", "apple", "Apple", 50, 3),
        call("add", "pear", "Pear", 80),
        call("redeem", "ten"),
        call("redeem", "ten"),
        call("remove", "pear"),
        call("order", "n7"),
        call("ship", "p9"),
        call("describe"),
    )
    assert outcomes == [3, 1, True, False, None, 50, None, "order n7 shipped in p9"]


def test_looking_never_changes_the_cart() -> None:
    kinds = {method.name: method.kind.value for method in CART.program.methods}
    assert {name for name, kind in kinds.items() if kind == "query"} == {"total", "titles", "describe"}
