"""The session store: sessions end by themselves; in the second version all of a user's can be ended at once."""

from __future__ import annotations

import session_store
import session_store_v2
from generators.services import Service
from session_store import NoSession
from session_store_v2 import UNKNOWN, Device, TooManySessions


def test_a_session_that_is_used_stays() -> None:
    store = Service(session_store.SessionStore)
    token = store("login", "ann")
    store.wait(minutes=20)
    assert store("touch", token) == "ann"
    store("put", token, "theme", "dark")
    store.wait(minutes=20)
    assert store("get", token, "theme") == "dark"
    assert store("get", token, "size") is None
    assert store("online") == ["ann"]
    store.wait(minutes=11)
    assert store("get", token, "theme") == NoSession(token)
    assert store("sweep") == 1
    assert store("logout", token) == NoSession(token)


def test_sessions_stay_through_the_upgrade() -> None:
    store = Service(session_store.SessionStore)
    token = store("login", "ann")
    store("put", token, "theme", "dark")
    users = store.upgraded(session_store_v2.by_user)
    assert users("get", token, "theme") == "dark"
    assert users("devices", "ann") == [UNKNOWN]
    kept = users("login", "ann", Device("phone", "10.0.0.7"), keep=True)
    users.wait(hours=2)
    assert users("touch", token) == NoSession(token)
    assert users("touch", kept) == "ann"
    assert users("devices", "ann") == [Device("phone", "10.0.0.7")]
    assert users("sweep") == 1
    assert users("logout_everywhere", "ann") == 1
    assert users("online") == []


def test_a_user_has_so_many_sessions() -> None:
    store = Service(session_store_v2.SessionStore)
    tokens = [store("login", "ann") for _ in range(5)]
    assert store("login", "ann") == TooManySessions("ann")
    store("logout", tokens[0])
    assert isinstance(store("login", "ann"), str)
    store.wait(minutes=31)
    assert isinstance(store("login", "ann"), str)
    assert len(store.plain.sessions) == 1
