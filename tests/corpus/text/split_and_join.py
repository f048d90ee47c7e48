"""`split` with and without a separator, `join`; an empty separator traps with ValueError."""

from camshaft import Machine

INPUTS = [("words", s) for s in ("", " ", "a", "a b", "  a \t b  ", "a  b")] + [
    ("parts", s, sep) for s in ("", "a,b", ",a,,b,", "abc", "aaa") for sep in (",", "aa", "")
]


class Split(Machine):
    def words(self, s: str) -> list[str]:
        return s.split()

    def parts(self, s: str, sep: str) -> list[str]:
        found = s.split(sep)
        assert sep.join(found) == s
        return found + s.split(sep, 1)
