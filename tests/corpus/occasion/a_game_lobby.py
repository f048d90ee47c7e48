"""Time, key and random numbers of a step, in helpers, loops and dataclasses."""

from dataclasses import dataclass
from datetime import datetime

import camshaft as cam
from camshaft import Machine, Refusal, now, uuid


class Full(Refusal):
    at: datetime


@dataclass(frozen=True)
class Player:
    id: str
    joined: datetime
    luck: float


def dice(count: int) -> list[int]:
    return [cam.randint(1, 6) for _ in range(count)]


class Lobby(Machine):
    players: list[Player] = []
    turn: int = -1
    started: datetime | None = None

    def join(self) -> str:
        if len(self.players) == 4:
            raise Full(at=now())
        player = Player(id=f"{cam.key()}/{uuid()}", joined=now(), luck=cam.random())
        self.players.append(player)
        return player.id

    def start(self) -> int:
        self.turn = cam.randrange(len(self.players))
        self.started = now()
        return self.turn

    def roll(self, count: int) -> list[int]:
        return dice(count)

    def seats(self) -> list[int]:
        order = [i for i in range(len(self.players))]
        for i in range(len(order) - 1, 0, -1):
            j = cam.randrange(i + 1)
            order[i], order[j] = order[j], order[i]
        return order

    def leave(self, seat: int) -> Player:
        lucky = cam.randrange(seat, 4)
        return self.players[lucky]
