"""`partition` and `rpartition` where the separator is missing, `removeprefix` and `removesuffix` once."""

from camshaft import Machine

INPUTS = [("parts", s, sep) for s in ("", "a=b=c", "=", "abc", "aaa", "\U0001f600=x") for sep in ("=", "aa", "")] + [
    ("without", s, part) for s in ("aab", "", "a", "baa") for part in ("a", "", "aa", "aab")
]


class Parts(Machine):
    def parts(self, s: str, sep: str) -> list[str]:
        head, found, tail = s.partition(sep)
        return [head, found, tail, s.rpartition(sep)[0]]

    def without(self, s: str, part: str) -> str:
        return s.removeprefix(part) + "|" + s.removesuffix(part)
