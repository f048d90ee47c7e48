"""A function of the module may refuse: the machine's caller gets it."""

from camshaft import Machine, Refusal


class TooLong(Refusal):
    length: int


def checked(text: str) -> str:
    if len(text) > 2:
        raise TooLong(len(text))
    return text + "."


class Notes(Machine):
    notes: list[str] = []

    def add(self, text: str) -> int:
        self.notes.append(text)
        self.notes[-1] = checked(text)
        return len(self.notes)
