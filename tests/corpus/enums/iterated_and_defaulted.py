"""Members of an Enum as defaults, in conditions, and of integers and texts as values."""

from enum import Enum

from camshaft import Machine


class State(Enum):
    IDLE = 0
    BUSY = 1
    GONE = -1


class Worker(Machine):
    state: State = State.IDLE
    log: list[State] = []

    def go(self, state: State = State.BUSY) -> int:
        if self.state is not state and state != State.GONE:
            self.log.append(self.state)
        self.state = state
        return len(self.log) + self.state.value

    def was(self, state: State) -> bool:
        return state in self.log or self.state == state
