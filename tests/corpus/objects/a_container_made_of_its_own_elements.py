"""A container may be made anew of its own elements."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine

INTEGERS = [-1, 0, 1, 2, 3]


@dataclass
class Task:
    n: int
    tags: list[str] = field(default_factory=list)


@dataclass
class Board:
    tasks: list[Task] = field(default_factory=list)

    def prune(self, n: int) -> int:
        before = len(self.tasks)
        self.tasks = [task for task in self.tasks if task.n > n]
        return before - len(self.tasks)


class Box(Machine):
    tasks: dict[int, Task] = {1: Task(1), 2: Task(2, ["x"])}
    queue: list[Task] = [Task(3), Task(1), Task(2)]
    boards: dict[str, Board] = {"a": Board([Task(0), Task(5)])}

    def add(self, n: int, tag: str) -> int:
        self.tasks[n] = Task(n, [tag])
        self.queue.append(Task(n))
        self.boards["a"].tasks.append(Task(n, [tag]))
        return len(self.tasks)

    def clear(self, n: int) -> int:
        before = len(self.tasks)
        self.tasks = {key: task for key, task in self.tasks.items() if task.n != n}
        for task in self.tasks.values():
            task.n += 1
        return before - len(self.tasks)

    def rekey(self) -> None:
        self.tasks = {task.n * 2: task for task in self.tasks.values()}

    def last(self, n: int) -> int:
        self.queue = self.queue[-n:]
        if self.queue:
            self.queue[0].tags.append("first")
        return len(self.queue)

    def order(self) -> None:
        self.queue = sorted(self.queue, key=lambda task: task.n)
        self.queue = list(reversed(self.queue))

    def filtered(self, n: int) -> int:
        self.queue = [task for task in sorted(self.queue, key=lambda one: -one.n)[:3] if task.n != n]
        return self.boards["a"].prune(n)

    def board(self, name: str, n: int) -> int:
        board = self.boards.setdefault(name, Board())
        return len(board.tasks) + n

    def through_a_name(self, n: int) -> int:
        board = self.boards["a"]
        board.tasks = board.tasks[: n + 4]
        board.tasks = [one for one in board.tasks if one.tags]
        return len(board.tasks)

    def local(self, n: int) -> list[Task]:
        own = [Task(n), Task(n + 1), Task(0)]
        own = [one for one in own if one.n]
        own[0].n += 10
        own.append(Task(7))
        own = own[1:]
        return own
