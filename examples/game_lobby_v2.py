"""Any number of teams, players with ratings that make the teams even, and spectators."""

from dataclasses import dataclass, field

import camshaft as cam
import game_lobby
from camshaft import Machine, migration
from game_lobby import MAX_PLAYERS, MIN_PLAYERS, LobbyFull, Phase, UnknownPlayer, WrongPhase

START_RATING = 1_000
GOAL_POINTS = 10


@dataclass
class Player:
    rating: int = START_RATING
    is_ready: bool = False
    goals: int = 0


@dataclass
class Team:
    name: str
    players: list[str] = field(default_factory=list)
    goals: int = 0


class GameLobby(Machine):
    """One game: who plays, by name, and who looks on."""

    phase: Phase = Phase.GATHERING
    players: dict[str, Player] = {}
    spectators: set[str] = set()
    teams: list[Team] = []
    team_names: tuple[str, ...] = ("red", "blue")

    def enter(self, name: str, rating: int = START_RATING) -> int:
        """Take a seat; gives how many are left."""
        self._expect(Phase.GATHERING)
        assert name not in self.players, f"{name} sits here already"
        if len(self.players) >= MAX_PLAYERS:
            raise LobbyFull(players=len(self.players))
        self.spectators.discard(name)
        self.players[name] = Player(rating)
        return MAX_PLAYERS - len(self.players)

    def watch(self, name: str) -> int:
        """Look on; gives how many do."""
        if name not in self.players:
            self.spectators.add(name)
        return len(self.spectators)

    def leave(self, name: str) -> None:
        """Give the seat back, or stop looking on."""
        if name in self.spectators:
            self.spectators.remove(name)
            return
        self._expect(Phase.GATHERING)
        if name not in self.players:
            raise UnknownPlayer(name)
        del self.players[name]

    def set_ready(self, name: str, is_ready: bool = True) -> bool:
        """Say whether one is ready; True where the game begins by that."""
        self._expect(Phase.GATHERING)
        player = self.players.get(name)
        if player is None:
            raise UnknownPlayer(name)
        player.is_ready = is_ready
        if len(self.players) < MIN_PLAYERS or not all(one.is_ready for one in self.players.values()):
            return False
        self._deal()
        return True

    def goal(self, name: str) -> dict[str, int]:
        """A player has scored; gives the score by team."""
        self._expect(Phase.PLAYING)
        if name not in self.players:
            raise UnknownPlayer(name)
        self.players[name].goals += 1
        self.players[name].rating += GOAL_POINTS
        for team in self.teams:
            if name in team.players:
                team.goals += 1
        return self.score()

    def score(self) -> dict[str, int]:
        """The goals of each team."""
        return {team.name: team.goals for team in self.teams}

    def end(self) -> str | None:
        """The game is over; gives the winning team, None where there is none."""
        self._expect(Phase.PLAYING)
        self.phase = Phase.OVER
        best = max(team.goals for team in self.teams)
        winners = [team.name for team in self.teams if team.goals == best]
        return winners[0] if len(winners) == 1 else None

    def ranking(self) -> list[tuple[str, int]]:
        """The players by their rating, the best first."""
        ranked = sorted(self.players.items(), key=lambda entry: (-entry[1].rating, entry[0]))
        return [(name, player.rating) for name, player in ranked]

    def _deal(self) -> None:
        """Deal the players out, the best first, each to the weakest team; who is dealt first among equals is chance."""
        self.teams = [Team(name) for name in self.team_names]
        strengths = [0] * len(self.team_names)
        ticket = {name: cam.random() for name in self.players}
        for name in sorted(self.players, key=lambda one: (-self.players[one].rating, ticket[one])):
            weakest = strengths.index(min(strengths))
            self.teams[weakest].players.append(name)
            strengths[weakest] += self.players[name].rating
        self.phase = Phase.PLAYING

    def _expect(self, phase: Phase) -> None:
        if self.phase is not phase:
            raise WrongPhase(self.phase.value)


@migration
def add_ratings(was: game_lobby.GameLobby) -> GameLobby:
    teams: list[Team] = []
    if was.teams is not None:
        red, blue = was.score
        teams = [Team("red", list(was.teams.red), red), Team("blue", list(was.teams.blue), blue)]
    return GameLobby(
        phase=was.phase,
        players={name: Player(is_ready=name in was.ready) for name in was.players},
        teams=teams,
    )
