"""Counters behind a socket as one writes them by hand in an hour: asyncio's streams, and SQLite for what must last.

    python asyncio_sqlite.py PORT DIRECTORY always|everysec call|turn

It speaks enough of Redis's protocol for `redis-benchmark`: INCR, GET, PING. `call`: each call is a transaction of its
own, which is what one writes. `turn`: what all connections sent within one turn of the event loop is one transaction.
With `always` a call is on the disk before its reply; with `everysec` the disk is at most a second behind.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from pathlib import Path

import hiredis
import uvloop

_TABLE = "CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID"
_COUNT = "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1 RETURNING count"
_READ = "SELECT count FROM counters WHERE name = ?"
_CHUNK = 65_536


class Counters:
    """The counters of one file."""

    def __init__(self, directory: Path, durability: str) -> None:
        self.database = sqlite3.connect(directory / "counters.db", isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute(f"PRAGMA synchronous = {'FULL' if durability == 'always' else 'NORMAL'}")
        self.database.execute(_TABLE)

    def answer(self, command: list[bytes]) -> bytes:
        """Do what a command says. Outside of a transaction it is one by itself."""
        match command:
            case [b"INCR", name]:
                # All rows are fetched: a statement that is not at its end has not committed.
                ((count,),) = self.database.execute(_COUNT, (name.decode(),)).fetchall()
                return b":%d\r\n" % count
            case [b"GET", name]:
                rows = self.database.execute(_READ, (name.decode(),)).fetchall()
                return b":%d\r\n" % (rows[0][0] if rows else 0)
            case [b"PING"]:
                return b"+PONG\r\n"
            case _:
                return b"-ERR unknown command\r\n"

    async def sync_every_second(self) -> None:
        """Bring to the disk what was committed without waiting for it."""
        while True:
            await asyncio.sleep(1)
            self.database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


class Turns:
    """What arrives within one turn of the event loop, in one transaction."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._waiting: list[tuple[list[list[bytes]], asyncio.Future[bytes]]] = []

    def answers(self, commands: list[list[bytes]]) -> asyncio.Future[bytes]:
        """The replies to the commands, once they are committed."""
        loop = asyncio.get_running_loop()
        replies: asyncio.Future[bytes] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._commit)
        self._waiting.append((commands, replies))
        return replies

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        answer = self._counters.answer
        self._counters.database.execute("BEGIN IMMEDIATE")
        answered = [b"".join(map(answer, commands)) for commands, _ in waiting]
        self._counters.database.execute("COMMIT")
        for (_, replies), data in zip(waiting, answered, strict=True):
            if not replies.cancelled():
                replies.set_result(data)


async def serve(port: int, directory: Path, durability: str, unit: str) -> None:
    """Answer connections until the process ends."""
    counters = Counters(directory, durability)
    turns = Turns(counters) if unit == "turn" else None

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = hiredis.Reader()
        try:
            while data := await reader.read(_CHUNK):
                parser.feed(data)
                commands = list(iter(parser.gets, False))
                if turns is None:
                    writer.write(b"".join(map(counters.answer, commands)))
                elif commands:
                    writer.write(await turns.answers(commands))
                await writer.drain()
        except ConnectionError:
            pass  # the client is gone, and so is what it would have been told
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=1_024)
    async with server, asyncio.TaskGroup() as tasks:
        if durability == "everysec":
            tasks.create_task(counters.sync_every_second())
        tasks.create_task(server.serve_forever())


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
