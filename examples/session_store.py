"""Web sessions: who is logged in, with a little data, until they have been idle for too long."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import camshaft as cam
from camshaft import Machine, Refusal

IDLE = timedelta(minutes=30)


@dataclass
class Session:
    user: str
    seen_at: datetime
    data: dict[str, str] = field(default_factory=dict)


class NoSession(Refusal):
    """It never was, has ended, or was idle for too long."""

    token: str


class SessionStore(Machine):
    sessions: dict[str, Session] = {}

    def login(self, user: str) -> str:
        """Begin a session; gives its token."""
        token = cam.uuid()
        self.sessions[token] = Session(user, cam.now())
        return token

    def touch(self, token: str) -> str:
        """The session is used; gives its user."""
        session = self.sessions.get(token)
        if session is None or cam.now() - session.seen_at > IDLE:
            raise NoSession(token)
        session.seen_at = cam.now()
        return session.user

    def put(self, token: str, name: str, value: str) -> None:
        """Remember something for the session."""
        self.touch(token)
        self.sessions[token].data[name] = value

    def get(self, token: str, name: str) -> str | None:
        """What was remembered, None where there is nothing."""
        session = self.sessions.get(token)
        if session is None or cam.now() - session.seen_at > IDLE:
            raise NoSession(token)
        return session.data.get(name)

    def logout(self, token: str) -> None:
        """End a session."""
        if token not in self.sessions:
            raise NoSession(token)
        del self.sessions[token]

    def sweep(self) -> int:
        """Drop the sessions that were idle for too long; gives how many."""
        now = cam.now()
        idle = [token for token, one in self.sessions.items() if now - one.seen_at > IDLE]
        for token in idle:
            del self.sessions[token]
        return len(idle)

    def online(self) -> list[str]:
        """The users with a session, by name."""
        now = cam.now()
        return sorted({one.user for one in self.sessions.values() if now - one.seen_at <= IDLE})
