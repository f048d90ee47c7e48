"""`rsplit` finds separators from the end on, which tells with `maxsplit` and where they overlap."""

from camshaft import Machine

INPUTS = [(name, s) for name in ("words", "extension") for s in ("", " ", "a", " a  b ", "a.b.c")] + [
    ("parts", s, sep, n)
    for s in ("", "a,b,c", ",a,,b,", "aaaaa", "abab\U0001f600aba")
    for sep in (",", "aa", "aba", "")
    for n in (-1, 0, 1, 2, 2**63)
]


class Split(Machine):
    def words(self, s: str) -> list[str]:
        return s.rsplit() + s.rsplit(None)

    def parts(self, s: str, sep: str, n: int) -> list[str]:
        found = s.rsplit(sep, n)
        assert sep.join(found) == s
        return found + s.rsplit(sep) + s.rsplit(sep, maxsplit=1)

    def extension(self, name: str) -> str:
        return name.rsplit(".", 1)[-1]
