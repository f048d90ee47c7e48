"""All sessions of a user can be ended at once; a session says from where it was begun, and may be kept for a month."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import camshaft as cam
import session_store
from camshaft import Machine, Refusal, migration
from session_store import IDLE, NoSession

KEPT = timedelta(days=30)
MAX_PER_USER = 5


@dataclass(frozen=True)
class Device:
    name: str
    address: str


UNKNOWN = Device("unknown", "")


@dataclass
class Session:
    user: str
    device: Device
    expires_at: datetime
    idle: timedelta = IDLE
    data: dict[str, str] = field(default_factory=dict)

    def is_over(self, now: datetime) -> bool:
        return self.expires_at <= now


class TooManySessions(Refusal):
    user: str
    allowed: int = MAX_PER_USER


class SessionStore(Machine):
    """Sessions by token, and the tokens of each user, the oldest first."""

    sessions: dict[str, Session] = {}
    by_user: dict[str, list[str]] = {}

    def login(self, user: str, device: Device = UNKNOWN, keep: bool = False) -> str:
        """Begin a session; gives its token. `keep`: it lasts for a month without being used."""
        self._drop_over(user)
        if user not in self.by_user:
            self.by_user[user] = []
        tokens = self.by_user[user]
        if len(tokens) >= MAX_PER_USER:
            raise TooManySessions(user)
        token = cam.uuid()
        idle = KEPT if keep else IDLE
        self.sessions[token] = Session(user, device, cam.now() + idle, idle)
        tokens.append(token)
        return token

    def touch(self, token: str) -> str:
        """The session is used; gives its user."""
        session = self.sessions.get(token)
        if session is None or session.is_over(cam.now()):
            raise NoSession(token)
        session.expires_at = cam.now() + session.idle
        return session.user

    def put(self, token: str, name: str, value: str) -> None:
        """Remember something for the session."""
        self.touch(token)
        self.sessions[token].data[name] = value

    def get(self, token: str, name: str) -> str | None:
        """What was remembered, None where there is nothing."""
        session = self.sessions.get(token)
        if session is None or session.is_over(cam.now()):
            raise NoSession(token)
        return session.data.get(name)

    def logout(self, token: str) -> None:
        """End a session."""
        if token not in self.sessions:
            raise NoSession(token)
        self._end(token)

    def logout_everywhere(self, user: str) -> int:
        """End all sessions of a user; gives how many there were."""
        tokens = list(self.by_user.get(user, []))
        for token in tokens:
            self._end(token)
        return len(tokens)

    def devices(self, user: str) -> list[Device]:
        """From where a user is logged in."""
        now = cam.now()
        sessions = [self.sessions[token] for token in self.by_user.get(user, [])]
        return [one.device for one in sessions if not one.is_over(now)]

    def sweep(self) -> int:
        """Drop the sessions that are over; gives how many."""
        now = cam.now()
        over = [token for token, one in self.sessions.items() if one.is_over(now)]
        for token in over:
            self._end(token)
        return len(over)

    def online(self) -> list[str]:
        """The users with a session, by name."""
        now = cam.now()
        return sorted({one.user for one in self.sessions.values() if not one.is_over(now)})

    def _drop_over(self, user: str) -> None:
        now = cam.now()
        for token in list(self.by_user.get(user, [])):
            if self.sessions[token].is_over(now):
                self._end(token)

    def _end(self, token: str) -> None:
        session = self.sessions.pop(token)
        tokens = self.by_user[session.user]
        tokens.remove(token)
        if not tokens:
            del self.by_user[session.user]


@migration
def by_user(was: session_store.SessionStore) -> SessionStore:
    tokens: dict[str, list[str]] = {}
    for token, one in was.sessions.items():
        tokens.setdefault(one.user, []).append(token)
    return SessionStore(
        sessions={
            token: Session(one.user, UNKNOWN, one.seen_at + IDLE, data=dict(one.data))
            for token, one in was.sessions.items()
        },
        by_user=tokens,
    )
