"""The lobby of a game for two teams: players come, say that they are ready, and are dealt into teams."""

from dataclasses import dataclass
from enum import Enum

import camshaft as cam
from camshaft import Machine, Refusal

MIN_PLAYERS = 2
MAX_PLAYERS = 8


class Phase(Enum):
    GATHERING = "gathering"
    PLAYING = "playing"
    OVER = "over"


@dataclass(frozen=True)
class Teams:
    red: tuple[str, ...]
    blue: tuple[str, ...]


class LobbyFull(Refusal):
    players: int


class WrongPhase(Refusal):
    phase: str


class UnknownPlayer(Refusal):
    name: str


class GameLobby(Machine):
    """One game; `ready` are those of `players` who want to begin."""

    phase: Phase = Phase.GATHERING
    players: list[str] = []
    ready: set[str] = set()
    teams: Teams | None = None
    score: tuple[int, int] = (0, 0)

    def enter(self, name: str) -> int:
        """Take a seat; gives how many are left."""
        self._expect(Phase.GATHERING)
        assert name not in self.players, f"{name} sits here already"
        if len(self.players) >= MAX_PLAYERS:
            raise LobbyFull(players=len(self.players))
        self.players.append(name)
        return MAX_PLAYERS - len(self.players)

    def leave(self, name: str) -> None:
        """Give the seat back."""
        self._expect(Phase.GATHERING)
        if name not in self.players:
            raise UnknownPlayer(name)
        self.players.remove(name)
        self.ready.discard(name)

    def set_ready(self, name: str, is_ready: bool = True) -> bool:
        """Say whether one is ready; True where the game begins by that."""
        self._expect(Phase.GATHERING)
        if name not in self.players:
            raise UnknownPlayer(name)
        if is_ready:
            self.ready.add(name)
        else:
            self.ready.discard(name)
        if len(self.players) < MIN_PLAYERS or len(self.ready) < len(self.players):
            return False
        self._deal()
        return True

    def goal(self, name: str) -> tuple[int, int]:
        """A player has scored; gives the score."""
        self._expect(Phase.PLAYING)
        assert self.teams is not None
        red, blue = self.score
        if name in self.teams.red:
            self.score = red + 1, blue
        elif name in self.teams.blue:
            self.score = red, blue + 1
        else:
            raise UnknownPlayer(name)
        return self.score

    def end(self) -> str | None:
        """The game is over; gives the winning team, None where there is none."""
        self._expect(Phase.PLAYING)
        self.phase = Phase.OVER
        red, blue = self.score
        if red == blue:
            return None
        return "red" if red > blue else "blue"

    def _deal(self) -> None:
        """Shuffle the players, and make two teams of them."""
        deck = list(self.players)
        for i in range(len(deck) - 1, 0, -1):
            j = cam.randint(0, i)
            deck[i], deck[j] = deck[j], deck[i]
        half = (len(deck) + 1) // 2
        self.teams = Teams(tuple(deck[:half]), tuple(deck[half:]))
        self.phase = Phase.PLAYING

    def _expect(self, phase: Phase) -> None:
        if self.phase is not phase:
            raise WrongPhase(self.phase.value)
