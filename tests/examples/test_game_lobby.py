"""The lobby: a game begins when all are ready, in teams that chance or ratings make."""

from __future__ import annotations

import game_lobby
import game_lobby_v2
from camshaft import AssertionFailed
from game_lobby import LobbyFull, Phase, UnknownPlayer, WrongPhase
from generators.services import Service


def playing() -> Service[game_lobby.GameLobby]:
    lobby = Service(game_lobby.GameLobby)
    for name in ("ann", "bob", "cat"):
        lobby("enter", name)
    lobby("set_ready", "ann")
    lobby("set_ready", "bob")
    assert lobby("set_ready", "cat") is True
    return lobby


def test_the_game_begins_when_all_are_ready() -> None:
    lobby = playing()
    assert lobby.plain.phase is Phase.PLAYING
    teams = lobby.plain.teams
    assert teams is not None
    assert sorted(teams.red + teams.blue) == ["ann", "bob", "cat"]
    assert (len(teams.red), len(teams.blue)) == (2, 1)
    assert lobby("enter", "dan") == WrongPhase("playing")
    assert lobby("goal", teams.blue[0]) == (0, 1)
    assert lobby("goal", "eve") == UnknownPlayer("eve")
    assert lobby("end") == "blue"


def test_seats_are_limited_and_can_be_given_back() -> None:
    lobby = Service(game_lobby.GameLobby)
    for number in range(8):
        lobby("enter", f"p{number}")
    assert lobby("enter", "late") == LobbyFull(8)
    assert lobby("enter", "p0") is AssertionFailed
    lobby("set_ready", "p0")
    lobby("leave", "p0")
    assert lobby.plain.ready == set()
    assert lobby("leave", "p0") == UnknownPlayer("p0")


def test_a_game_goes_on_through_the_upgrade() -> None:
    lobby = playing()
    lobby("goal", "ann")
    rated = lobby.upgraded(game_lobby_v2.add_ratings)
    (team,) = [team for team in rated.plain.teams if "ann" in team.players]
    assert rated("goal", "ann")[team.name] == 2
    assert rated("ranking")[0] == ("ann", 1_010)
    assert rated("watch", "zoe") == 1
    assert rated("end") == team.name


def test_ratings_make_the_teams_even() -> None:
    lobby = Service(game_lobby_v2.GameLobby)
    for name, rating in (("ann", 1_800), ("bob", 1_000), ("cat", 900), ("dan", 1_700)):
        lobby("enter", name, rating)
    for name in ("ann", "bob", "cat", "dan"):
        lobby("set_ready", name)
    assert [sorted(team.players) for team in lobby.plain.teams] == [["ann", "cat"], ["bob", "dan"]]
