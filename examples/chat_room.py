"""A chat room: members come and go, and the last messages can be read again."""

from dataclasses import dataclass
from datetime import datetime

import camshaft as cam
from camshaft import Machine, Refusal

MAX_MESSAGES = 500
MAX_LENGTH = 2_000


@dataclass(frozen=True)
class Message:
    number: int
    author: str
    text: str
    at: datetime


class NotAMember(Refusal):
    name: str


class NameTaken(Refusal):
    name: str


class TextTooLong(Refusal):
    length: int
    allowed: int = MAX_LENGTH


class ChatRoom(Machine):
    """One room; its name is the key of its address: `chat-room/general`."""

    members: set[str] = set()
    messages: list[Message] = []
    next_number: int = 1

    def join(self, name: str) -> list[Message]:
        """Come in, and see the last messages."""
        name = name.strip()
        assert name, "a name is not empty"
        if name in self.members:
            raise NameTaken(name)
        self.members.add(name)
        return self.messages[-10:]

    def leave(self, name: str) -> None:
        """Go; who is not there has left already."""
        self.members.discard(name)

    def post(self, author: str, text: str) -> int:
        """Say something; gives the message's number."""
        if author not in self.members:
            raise NotAMember(author)
        if len(text) > MAX_LENGTH:
            raise TextTooLong(length=len(text))
        number = self.next_number
        self.next_number += 1
        self.messages.append(Message(number, author, text, cam.now()))
        if len(self.messages) > MAX_MESSAGES:
            del self.messages[0]
        return number

    def since(self, number: int, limit: int = 50) -> list[Message]:
        """The messages after one that was read, at most so many."""
        return [message for message in self.messages if message.number > number][:limit]

    def search(self, words: str) -> list[Message]:
        """The messages that hold all of these words, in any order."""
        wanted = words.split()
        return [message for message in self.messages if all(word in message.text for word in wanted)]

    def who(self) -> list[str]:
        """Who is in the room, by name."""
        return sorted(self.members)

    def title(self) -> str:
        """The room in a line."""
        return f"#{cam.key()}: {len(self.members)} members, {len(self.messages)} messages"
