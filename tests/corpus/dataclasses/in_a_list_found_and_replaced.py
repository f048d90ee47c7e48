"""An element of a list of frozen dataclasses is found and replaced by its index."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Task:
    name: str
    done: bool = False


class Tasks(Machine):
    tasks: list[Task] = [Task("a"), Task("b")]

    def add(self, name: str) -> int:
        self.tasks.append(Task(name))
        return len(self.tasks)

    def finish(self, name: str) -> int:
        for i in range(len(self.tasks)):
            if self.tasks[i].name == name and not self.tasks[i].done:
                self.tasks[i] = Task(name, True)
                return i
        return -1

    def open(self) -> list[str]:
        return [task.name for task in self.tasks if not task.done]
