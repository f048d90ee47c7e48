"""Members have roles, messages have reactions and can be edited by those who wrote them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

import camshaft as cam
import chat_room
from camshaft import Machine, Refusal, migration
from chat_room import MAX_LENGTH, MAX_MESSAGES, NameTaken, NotAMember, TextTooLong


class Role(Enum):
    MEMBER = "member"
    MODERATOR = "moderator"


@dataclass
class Message:
    author: str
    text: str
    at: datetime
    edited_at: datetime | None = None
    reactions: dict[str, set[str]] = field(default_factory=dict)


class NotAllowed(Refusal):
    name: str
    why: str


class UnknownMessage(Refusal):
    number: int


class ChatRoom(Machine):
    """One room; its name is the key of its address: `chat-room/general`. Messages by number, the oldest first."""

    members: dict[str, Role] = {}
    messages: dict[int, Message] = {}
    next_number: int = 1

    def join(self, name: str) -> list[int]:
        """Come in, and see the numbers of the last messages. Who comes first moderates."""
        name = name.strip()
        assert name, "a name is not empty"
        if name in self.members:
            raise NameTaken(name)
        self.members[name] = Role.MEMBER if self.members else Role.MODERATOR
        return list(self.messages)[-10:]

    def leave(self, name: str) -> None:
        """Go; who is not there has left already."""
        self.members.pop(name, None)

    def post(self, author: str, text: str) -> int:
        """Say something; gives the message's number."""
        self._check(author, text)
        number = self.next_number
        self.next_number += 1
        self.messages[number] = Message(author, text, cam.now())
        if len(self.messages) > MAX_MESSAGES:
            del self.messages[min(self.messages)]
        return number

    def edit(self, author: str, number: int, text: str) -> None:
        """Say it better. Only who wrote a message may."""
        self._check(author, text)
        message = self.messages.get(number)
        if message is None:
            raise UnknownMessage(number)
        if message.author != author:
            raise NotAllowed(name=author, why=f"{message.author} wrote it")
        message.text = text
        message.edited_at = cam.now()

    def remove(self, name: str, number: int) -> None:
        """Take a message away: one's own, or as a moderator anybody's."""
        role = self._role(name)
        if number not in self.messages:
            raise UnknownMessage(number)
        if role is not Role.MODERATOR and self.messages[number].author != name:
            raise NotAllowed(name=name, why="only moderators remove the messages of others")
        del self.messages[number]

    def react(self, name: str, number: int, emoji: str) -> dict[str, int]:
        """Add a reaction, or take one's own back; gives the counts."""
        self._role(name)
        message = self.messages.get(number)
        if message is None:
            raise UnknownMessage(number)
        if emoji not in message.reactions:
            message.reactions[emoji] = set()
        names = message.reactions[emoji]
        if name in names:
            names.remove(name)
        else:
            names.add(name)
        if not names:
            del message.reactions[emoji]
        return {one: len(who) for one, who in message.reactions.items()}

    def promote(self, by: str, name: str) -> None:
        """Make a member a moderator."""
        if self._role(by) is not Role.MODERATOR:
            raise NotAllowed(name=by, why="only moderators make moderators")
        self._role(name)
        self.members[name] = Role.MODERATOR

    def since(self, number: int, limit: int = 50) -> dict[int, Message]:
        """The messages after one that was read, at most so many."""
        newer = [one for one in self.messages if one > number]
        return {one: self.messages[one] for one in newer[:limit]}

    def who(self) -> list[str]:
        """Who is in the room, the moderators first."""
        moderators = [name for name, role in self.members.items() if role is Role.MODERATOR]
        others = [name for name, role in self.members.items() if role is Role.MEMBER]
        return sorted(moderators) + sorted(others)

    def _role(self, name: str) -> Role:
        role = self.members.get(name)
        if role is None:
            raise NotAMember(name)
        return role

    def _check(self, author: str, text: str) -> None:
        self._role(author)
        if len(text) > MAX_LENGTH:
            raise TextTooLong(length=len(text))


@migration
def add_roles(was: chat_room.ChatRoom) -> ChatRoom:
    """Whose name comes first in the alphabet moderates: who came first was not kept."""
    members: dict[str, Role] = {}
    for name in sorted(was.members):
        members[name] = Role.MEMBER if members else Role.MODERATOR
    return ChatRoom(
        members=members,
        messages={one.number: Message(one.author, one.text, one.at) for one in was.messages},
        next_number=was.next_number,
    )
