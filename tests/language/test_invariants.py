"""Invariants: in plain Python, in a simulation and on a node; and what cannot be one."""

from __future__ import annotations

import pytest

import camshaft as cam
from camshaft import CompileError, Machine, check_invariants, compile_machine, compile_source, invariant, simulate


class Account(Machine):
    balance: int = 0
    credit: int = 0

    def pay(self, amount: int) -> None:
        self.balance += amount

    @invariant
    def within_its_credit(self) -> bool:
        return self.balance + self.credit >= 0

    @invariant
    def has_no_odd_credit(self) -> bool:
        assert self.credit % 2 == 0, "odd"
        return True


def test_invariants_are_part_of_the_program() -> None:
    program = compile_machine(Account).program
    assert program.invariants == ("has_no_odd_credit", "within_its_credit")


def test_a_machine_with_an_invariant_has_another_origin_than_one_without() -> None:
    plain = compile_source(LAMP.format(decorator="", body="return True"))
    marked = compile_source(LAMP.format(decorator="@invariant", body="return True"))
    old, new = (compile_machine(cls).program for (cls,) in (plain, marked))
    assert old.origin != new.origin
    assert old.methods == new.methods


@pytest.mark.parametrize("make", [Account, lambda: simulate(Account), lambda: simulate(Account, backend="interpreter")])
def test_invariants_are_checked_of_an_object(make: type[Account]) -> None:
    account = make()
    check_invariants(account)
    account.pay(-1)
    with pytest.raises(AssertionError, match="the invariant `within_its_credit` is false"):
        check_invariants(account)
    account.credit = 1
    with pytest.raises(AssertionError, match="odd"):
        check_invariants(account)


def test_invariants_are_checked_of_an_instance_on_a_node() -> None:
    with cam.Node() as node:
        node.deploy(Account)
        account = node.instance(Account, "ann")
        check_invariants(account)
        account.pay(-1)
        with pytest.raises(AssertionError, match="within_its_credit"):
            check_invariants(account)


LAMP = """
import camshaft as cam
from camshaft import Machine, invariant

class Lamp(Machine):
    is_on: bool = False

    def switch(self) -> None:
        self.is_on = not self.is_on

    {decorator}
    def ok(self) -> bool:
        {body}
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("-> bool:\n        return True", "-> int:\n        return 1"), "`ok` is not an invariant"),
        (("def ok(self)", "def ok(self, often: int)"), "`ok` is not an invariant"),
        (("def ok", "def _ok"), "`_ok` is not an invariant"),
        (("@invariant", "@property\n    @invariant"), "`ok` is not an invariant"),
        (("return True", "self.is_on = True\n        return True"), "the invariant `ok` changes `self.is_on`"),
        (("return True", "self.switch()\n        return True"), "the invariant `ok` changes `self.is_on`"),
        (("return True", 'return cam.key() == ""'), "the invariant `ok` asks for the time"),
    ],
)
def test_what_cannot_be_an_invariant_is_refused(change: tuple[str, str], said: str) -> None:
    source = LAMP.format(decorator="@invariant", body="return True")
    assert change[0] in source
    with pytest.raises(CompileError, match=said):
        compile_source(source.replace(*change))
