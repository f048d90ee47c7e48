"""A loop over a copy of a dict changes its elements and deletes entries by their names, which may be others' keys: a
round whose entry is gone goes on with the object, which nobody sees any more."""

from dataclasses import dataclass, field

from camshaft import Machine


@dataclass
class Lease:
    name: str
    ttl: int = 2
    log: list[int] = field(default_factory=list)


class Leases(Machine):
    leases: dict[str, Lease] = {}
    ended: list[str] = []

    def open(self, key: str, name: str, ttl: int) -> None:
        self.leases[key] = Lease(name, ttl % 4)

    def tick(self) -> list[int]:
        logged: list[int] = []
        for lease in list(self.leases.values()):
            lease.ttl -= 1
            lease.log.append(lease.ttl)
            if lease.ttl <= 0 and lease.name in self.leases:
                del self.leases[lease.name]
                self.ended.append(f"{lease.name} {lease.ttl}")
                continue
            logged.extend(lease.log)
        return logged

    def fail_late(self, n: int) -> None:
        for key, lease in sorted(self.leases.items()):
            lease.ttl += 10 // n
            if key != lease.name:
                self.leases.pop(lease.name)


INPUTS = [
    ("open", "a", "b", 1),
    ("open", "b", "a", 2),
    ("open", "c", "c", 1),
    ("tick",),
    ("tick",),
    ("open", "a", "b", 3),
    ("open", "b", "b", 3),
    ("open", "c", "b", 3),
    ("fail_late", 0),
    ("fail_late", 5),
    ("tick",),
    ("open", "a", "x", 3),
    ("fail_late", 1),
    ("open", "a", "b", 3),
    ("open", "b", "b", 3),
    ("fail_late", 1),
    ("tick",),
]
