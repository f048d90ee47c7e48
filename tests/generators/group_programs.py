"""Machines written at random that change what is within other things: groups of items in dicts, in lists, in names.

As in `object_programs`, what the compiler refuses is cut out, statement by statement. Items and groups are made, asked
for, handed out by methods of dataclasses, popped and stored again, gathered, put under their own key in loops.
"""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from generators.group_templates import TEMPLATES
from generators.python_programs import Statement
from generators.templates import TemplateWriter

KINDS: Final = {
    "key": ["0", "1", "2", "m", "p", "n % 3", "1", "0"],
    "index": ["0", "-1", "1", "0", "m % 2"],
    "int": ["n", "m", "p", "self.n"],
    "number": [
        "1", "5", "{int}", "{int}", "{item}.n", "len({pool})", "{group}.total()", "{item}.add({int})", "len({marks})",
        "{group}.push({new})", "{group}.keep({key})", "{group}.raise_all({key})", "self._look({item})",
        "self._count({group})", "{group}.pop({index}).n", "{group}.rotate().n", "{group}.swap({key}, {new}).n",
        "(found.n if found is not None else 2)", "self._put({key}, {whole})", "{group}.by.pop({key}, {new}).n",
    ],
    "name": ['"s"', '"long"', "str(m)", "{item}.name"],
    "item": [
        "item", "one", "item", "one", "{group}.main", "{group}.items[{index}]", "{group}.by[{key}]", "{pool}[{index}]",
        "self.lots[{key}][{index}]", "self.group.main", "self._item({key}, {index})", "{lent}",
        "{group}.first()", "{group}.at({index})", "{group}.make({key})", "{group}.least()", "{group}.chosen({key})",
        "self.pairs[{index}][1]", "self.tree[0][0].items[0]",
    ],
    "new": [
        "Item({name}, {int})", "Item({name})", "{item}", "item", "one", "{group}.pop({index})", "{group}.items.pop()",
    ],
    "itemname": ["item", "one"],
    "group": [
        "group", "other", "group", "other", "self.group", "self.groups[{key}]", "self.rows[{index}]", "d[1]",
        "self.tree[0][{key}]", "self._group({key})", "self._ensure({key})",
    ],
    "whole": [
        "Group({new})", "Group(items=[{new}], main={new})", "Group()", "group", "other", "self.groups.pop({key})",
    ],
    "groupname": ["group", "other"],
    "groups": ["self.groups", "d", "self.tree[0]", "self.tree[{key}]", "self.groups"],
    "pool": ["pool", "{group}.items", "self.lots[{key}]", "self.group.items", "{group}.pool()", "self._pool({key})"],
    "marks": ["marks", "{group}.marks", "self.group.marks", "{group}.marked()"],
    "items": ["{pool}", "{group}.by.values()", "{pool}"],
    "groupsof": ["{groups}.values()", "self.rows", "list({groups}.values())"],
    "order": ["x.n", "-x.n", "x.name", "(x.n, x.name)"],
    "grouporder": ["x.main.n", "-len(x.items)", "x.main.name"],
    "arranged": [
        "sorted({items}, key=lambda x: {order})", "[x for x in {items} if x.n {cmp} {key}]", "list({items})",
        "{pool}[{index}:]", "[x for g in {groupsof} for x in g.items]", "[g.main for g in {groupsof}]",
        "{pool}[::-1]", "[x for k, x in {group}.by.items() if k != {key}]",
    ],
    "cmp": ["<", ">=", "==", ">", "!="],
    "condition": [
        "{int} {cmp} {key}", "{item}.n {cmp} {int}", "{key} in {groups}", "{item} in {pool}", "found is not None",
        "some is None", "{group}.spare is not None", "{item} == {item}", "len({pool}) > {key}", "{key} in {group}.by",
        "not {pool}",
    ],
    "change": [
        "{item}.n += {number}", "{item}.n = {number}", "{item}.name = {name}", "{item}.add({number})",
        "{marks}.append({number})", "{group}.push({new})", "{group}.make({key}).n += {number}",
        "{group}.move({index}, {key})", "{group}.rotate()", "{group}.raise_all({key})", "{group}.main = {new}",
        "{group}.spare = {new}", "{group}.by[{key}] = {new}", "{pool}.append({new})", "{pool}[{index}] = {new}",
        "{groups}[{key}] = {whole}", "self.rows.append({whole})", "self.lots[{key}] = {pool}", "self._move({key})",
        "{pool}.sort(key=lambda x: {order})", "{pool}.insert({index}, {new})", "{pool}.pop({index})",
        "del {pool}[{index}]", "{group}.by.pop({key}, None)", "{group}.items = {arranged}", "self.group = {whole}",
        "{group}.marks = {marks}", "self.maybe = {whole}", "{pool} += {pool}", "{pool}.extend({arranged})",
        "self.pairs.append(({key}, {new}))", "{group}.keep({key})", "self._ensure({key}).main.n += 1",
        "{item}.n, {item}.n = {int}, {item}.n", "n += {number}", "m = {key}", "self.n += {number}", "{pool}.clear()",
    ],
    "lent": ["given", "lent.main", "item", "one", "lent.items[0]"],
    "marked": [
        "marks.append({int})", "main.n += {number}", "push({new})", "items.append({new})", "make({key}).n += 1",
        "rotate()", "pop({index})", "at({index}).n += 2", "by[{key}] = {new}", "marked().append({int})",
        "main.name = {name}", "first().n += {number}",
    ],
    "minmax": ["min", "max"],
    "self_pair": ["self.pairs[{index}]", "self.pairs.pop({index})", "({int}, {item})"],
}  # fmt: skip

_LOOKS: Final = [
    "self._look(item)", "self._look(one)", "self._look(given)", "self._count(group)", "self._count(other)",
    "self._count(lent)", "sum(x.n for x in pool)", "sum(marks)", "(found.n if found is not None else 1)",
    "(some.total() if some is not None else 1)", "sum(x.total() for x in d.values())",
]  # fmt: skip


@st.composite
def group_programs(draw: DrawFn) -> list[Statement]:
    """The statements of the method `run` of a random machine."""
    writer = TemplateWriter(draw, KINDS, TEMPLATES, most=3)
    body = writer.statements(1) + writer.statements(2)
    # What the names stand for at the end is part of the result, where it may still be looked at.
    return [*body, *(Statement(f"n = n * 7 + {look}") for look in _LOOKS)]
