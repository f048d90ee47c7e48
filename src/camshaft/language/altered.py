"""Arguments that a called method keeps and may change where it keeps them.

In Python the caller would see the change. Here what was given lives on elsewhere, so that its old name is not read any
more.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from camshaft.language import aliases
from camshaft.language.arguments import Given
from camshaft.language.body import Body
from camshaft.language.gathering import is_parameter
from camshaft.language.lowered import shown_path
from camshaft.language.unit import Behaviour


def check_altered(body: Body, behaviour: Behaviour, given: Given, node: ast.AST, name: str) -> None:
    """What a called method keeps and changes may not be read afterwards by its old name. Raises Problem."""
    for parameter, value, where in given.named:
        if parameter not in behaviour.alters:
            continue
        for borrow in value.borrows:
            if borrow.path not in body.flow.given_away:
                aliases.give(body, replace(value, borrows=(borrow,)), where, f"`{parameter}` of {name}", None)
            body.flow.given_away[borrow.path] = replace(body.flow.given_away[borrow.path], changed=node)
            if is_parameter(body, str(borrow.path[0])):
                body.alters.add(shown_path(borrow.path[:1]))
