"""Quotes, line ends, tabs and null characters in texts survive every way."""

from camshaft import Machine

INPUTS = [("put", s) for s in ("'", '"', "\n", "\r\n", "\t", "\x00", "\\", "\u2028", "\x7f", "{}", "%s", "\ufeff")]


class Texts(Machine):
    kept: dict[str, str] = {}

    def put(self, s: str) -> str:
        self.kept[s] = s + "'" + '"' + "\n"
        return self.kept[s] + f"{s}\t{len(s)}"
