"""A NewType is its base at run time."""

from typing import NewType

from camshaft import Machine

UserId = NewType("UserId", int)


class Users(Machine):
    names: dict[UserId, str] = {}
    last: UserId = UserId(0)

    def add(self, name: str) -> UserId:
        self.last = UserId(self.last + 1)
        self.names[self.last] = name
        return self.last

    def name(self, user: UserId) -> str:
        return self.names.get(user, "?")
