"""The chat room: who is in it may talk; roles, reactions and editing in its second version."""

from __future__ import annotations

import chat_room
import chat_room_v2
from camshaft import AssertionFailed
from chat_room import NameTaken, NotAMember, TextTooLong
from chat_room_v2 import NotAllowed, UnknownMessage
from generators.services import Service


def room() -> Service[chat_room.ChatRoom]:
    found = Service(chat_room.ChatRoom, key="general")
    found("join", " bob ")
    found("join", "ann")
    return found


def test_only_members_talk() -> None:
    general = room()
    assert general("post", "bob", "hello world") == 1
    assert general("post", "eve", "hello") == NotAMember("eve")
    assert general("post", "bob", "x" * 2_001) == TextTooLong(2_001)
    assert general("join", "bob") == NameTaken("bob")
    assert general("join", "  ") is AssertionFailed
    assert general("title") == "#general: 2 members, 1 messages"
    general("leave", "bob")
    assert general("who") == ["ann"]


def test_messages_are_found_and_the_oldest_are_forgotten() -> None:
    general = room()
    for number in range(1, 505):
        general("post", "ann", f"message {number}")
    assert [one.number for one in general("since", 502)] == [503, 504]
    assert general("since", 0, limit=1)[0].number == 5
    assert [one.text for one in general("search", "504 mess")] == ["message 504"]
    assert [one.number for one in general("join", "eve")] == list(range(495, 505))


def test_roles_come_with_the_upgrade_and_messages_stay() -> None:
    general = room()
    general("post", "bob", "first")
    roles = general.upgraded(chat_room_v2.add_roles)
    assert roles("who") == ["ann", "bob"]
    assert roles("edit", "ann", 1, "mine") == NotAllowed(name="ann", why="bob wrote it")
    roles.wait(minutes=1)
    roles("edit", "bob", 1, "better")
    assert roles("since", 0)[1].text == "better"
    assert roles("react", "ann", 1, "+1") == {"+1": 1}
    assert roles("react", "bob", 1, "+1") == {"+1": 2}
    assert roles("react", "ann", 1, "+1") == {"+1": 1}
    assert roles("react", "bob", 1, "+1") == {}
    assert roles("react", "bob", 2, "+1") == UnknownMessage(2)
    assert roles("promote", "bob", "bob") == NotAllowed(name="bob", why="only moderators make moderators")
    assert roles("remove", "ann", 1) is None
    assert roles("since", 0) == {}
