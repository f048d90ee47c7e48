"""What of the language the corpus and the grammar of random programs use, and how often. What the library names only
to refuse it, with a text of its own, is in a line of `refused/`.

PYTHONPATH=tests python -m corpus.coverage
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from camshaft.language.body import EXPRESSIONS, STATEMENTS
from camshaft.language.library import CHANGES, FUNCTIONS, METHODS
from camshaft.language.methods import HANDLERS_REGISTERED
from camshaft.language.operators import SYMBOLS
from camshaft.language.unsupported import UNSUPPORTED
from corpus.programs import accepted, refused
from generators.python_grammar import HEAD
from generators.python_sentences import templates

assert len(HANDLERS_REGISTERED) > 0

_LOWERED_WITHIN_OTHERS = (ast.pattern, ast.unaryop, ast.boolop, ast.cmpop)


def language() -> set[str]:
    """The node classes of Python that are lowered, and `name()` for each function and method of the library."""
    # Property reads and the like are nodes of the compiler's own.
    nodes = {node.__name__ for node in (*EXPRESSIONS, *STATEMENTS, *SYMBOLS) if node.__module__ == "ast"}
    nodes |= {kind.__name__ for parent in _LOWERED_WITHIN_OTHERS for kind in parent.__subclasses__()} - set(UNSUPPORTED)
    functions = {f"{getattr(function, '__name__')}()" for function in FUNCTIONS}  # noqa: B009  # they are of all kinds
    return nodes | functions | {f".{name}()" for _, name in (*METHODS, *CHANGES)}


def used() -> Counter[str]:
    """How often each of these is in a program of the corpus, a line of the grammar, or a line that is refused."""
    lines = "\n".join(f"        {line}" for line in templates())
    trees = [ast.parse(text) for text in (f"{HEAD}{lines}\n", *(path.read_text() for path in accepted()))]
    found = Counter(name for tree in trees for name in _names(ast.walk(tree)))
    for path in refused():
        text = path.read_text()
        marked = {number for number, line in enumerate(text.splitlines(), 1) if "# error: " in line}
        nodes = (node for node in ast.walk(ast.parse(text)) if getattr(node, "lineno", 0) in marked)
        found.update(name for name in _names(nodes) if name.endswith("()"))
    return found


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        yield type(node).__name__
        match node:
            case ast.Call(func=ast.Name(name)):
                yield f"{name}()"
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                # `math.floor(x)` is a function, `xs.append(x)` a method: whichever is asked for.
                yield f".{name}()"
                if isinstance(owner, ast.Name):
                    yield f"{name}()"


def main() -> None:
    """Print the table, what is used least first."""
    counts = used()
    for name in sorted(language(), key=lambda name: (counts[name], name)):
        print(f"{counts[name]:6} {name}")


if __name__ == "__main__":
    main()
