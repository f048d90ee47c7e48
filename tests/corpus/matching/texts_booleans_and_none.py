"""Literal patterns of texts, booleans and None."""

from camshaft import Machine


class Literals(Machine):
    def text(self, s: str) -> int:
        match s:
            case "":
                return 0
            case "a" | "b":
                return 1
            case "ä":
                return 2
            case other:
                return len(other) + 10

    def flag(self, b: bool | None) -> str:
        match b:
            case True:
                return "yes"
            case False:
                return "no"
            case None:
                return "unknown"
