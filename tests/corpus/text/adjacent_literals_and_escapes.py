"""Adjacent literals are one; escapes are those of Python."""

from camshaft import Machine


class Literals(Machine):
    def go(self) -> list[str]:
        return [
            'abc"',
            "\t\n\\\"'",
            r"\n",
            "\x41\u00e4\U0001f600\N{EURO SIGN}",
            """x
y""",
            "a\
b",
        ]
