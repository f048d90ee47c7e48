"""`capitalize`, `casefold`, `isupper`, `islower`: as Python has them, of ASCII."""

from camshaft import Machine


class Letters(Machine):
    names: dict[str, str] = {}

    def put(self, name: str) -> str:
        assert name.isascii()
        self.names[name.casefold()] = name
        return name.capitalize()

    def each(self, text: str) -> tuple[str, str, bool, bool]:
        assert text.isascii()
        return text.capitalize(), text.casefold(), text.isupper(), text.islower()

    def of_constants(self) -> list[bool]:
        texts = ["", "1", "a", "A", "aB", "a1", "A1 B", " a", "\t"]
        return [text.isupper() for text in texts] + [text.islower() for text in texts]

    def of_a_call(self) -> tuple[str, str, str]:
        return "".capitalize(), self.put("xY").capitalize(), "hELLO wORLD".capitalize()
