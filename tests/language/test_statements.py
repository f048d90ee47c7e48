"""Statements mean what Python means by them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, Refusal
from generators.differential import agree, call

SMALL = st.integers(-2, 4)


class Odd(Refusal):
    number: int
    note: str = "odd"


class Empty(Refusal):
    pass


class Locals(Machine):
    count: int = 0
    log: list[str] = []

    def assign(self, a: int, b: int) -> int:
        x = a
        y: int = b
        x, y = y, x + y
        first = second = x * 2
        x += first
        x -= 1
        x *= 2
        (second, z) = (y, second)
        a += x
        return a + second + z

    def parameter(self, a: int, text: str = "x") -> str:
        a = a + 1
        a += 1
        text += str(a)
        return text

    def unassigned_branch(self, a: int) -> int:
        if a > 0:
            x = 1
        elif a < 0:
            x = 2
        else:
            return 0
        return x

    def annotated_first(self, a: int) -> int:
        x: int
        if a > 1:
            x = a
        else:
            x = -a
        return x

    def own_list(self, a: int) -> list[int]:
        numbers: list[int] = []
        numbers.append(a)
        numbers.append(a + 1)
        numbers[0] = 7
        numbers[-1] += numbers[0]
        numbers += [a, a]
        del numbers[1]
        return numbers

    def own_dict(self, key: str) -> dict[str, list[int]]:
        table: dict[str, list[int]] = {"a": [1]}
        table[key] = [2]
        table["a"].append(3)
        table[key][0] += 1
        return table

    def keep_list(self, a: int) -> int:
        entries: list[str] = []
        for number in range(a):
            entries.append(str(number))
        self.log = entries
        return len(entries)


@given(SMALL, SMALL, st.sampled_from(["a", "b"]))
def test_local_variables(a: int, b: int, key: str) -> None:
    agree(
        Locals,
        call("assign", a, b),
        call("parameter", a),
        call("parameter", a, text=key),
        call("unassigned_branch", a),
        call("annotated_first", a),
        call("own_list", a),
        call("own_dict", key),
        call("keep_list", a),
    )


class Leaving(Machine):
    steps: int = 0

    def guards(self, a: int) -> str:
        self.steps += 1
        if a < 0:
            return "negative"
        if a == 0:
            self.steps += 10
            return "zero"
        self.steps += 100
        if a == 1:
            raise Odd(number=a)
        return "more"

    def nested(self, a: int, b: int) -> int:
        if a > 0:
            if b > 0:
                return 1
            self.steps += 1
        elif a < 0:
            if b < 0:
                raise Odd(a, note="both")
            elif b > 0:
                return 2
        else:
            self.steps += 2
        self.steps += 3
        return 3

    def dead(self, a: int) -> int:
        if a > 0:
            return 1
        else:
            raise Empty
        self.steps += 1  # type: ignore[unreachable]  # what Python allows, the language takes

    def nothing(self, a: int) -> None:
        if a > 0:
            return
        if a == 0:
            return None
        self.steps -= 1

    def checks(self, a: int, b: int) -> int:
        assert a >= 0
        self.steps += 1
        assert b > a, f"{b} is not more than {a}"
        assert a != 1, "one"
        return b // a

    def refuses_after_writing(self, a: int) -> None:
        self.steps = 99
        if a % 2 == 1:
            raise Odd(number=a)
        raise Empty()


@given(SMALL, SMALL)
def test_leaving_early(a: int, b: int) -> None:
    agree(
        Leaving,
        call("guards", a),
        call("nested", a, b),
        call("dead", a),
        call("nothing", a),
        call("checks", a, b),
        call("refuses_after_writing", a),
    )


class Loops(Machine):
    total: int = 0
    grid: list[list[int]] = [[1, 2], [3], []]
    table: dict[str, int] = {"x": 1, "y": 2}

    def sum(self, numbers: list[int]) -> int:
        total = 0
        for number in numbers:
            total += number
        self.total += total
        return total

    def ranges(self, start: int, stop: int, step: int) -> list[int]:
        found: list[int] = []
        for i in range(start, stop, step):
            found.append(i)
        for i in range(start):
            found.append(i)
        for i in range(start, stop):
            found.append(-i)
        return found

    def find(self, numbers: list[int], wanted: int) -> int:
        for number in numbers:
            if number == wanted:
                return number * 10
            self.total += 1
        return -1

    def leave_and_skip(self, numbers: list[int]) -> list[int]:
        found: list[int] = []
        for number in numbers:
            if number == 0:
                break
            if number < 0:
                continue
            found.append(number)
        else:
            found.append(99)
        return found

    def skip_in_the_middle(self, numbers: list[int]) -> int:
        total = 0
        for number in numbers:
            if number > 0:
                if number == 1:
                    continue
                total += 10
            else:
                if number == -1:
                    break
            total += number
        return total

    def nested(self) -> int:
        total = 0
        for row in self.grid:
            for cell in row:
                if cell == 2:
                    break
                total += cell
            else:
                total += 100
                continue
            total += 1000
        return total

    def entries(self) -> str:
        text = ""
        for key, value in self.table.items():
            text += f"{key}={value};"
        for key in self.table:
            text += key
        for key in self.table.keys():
            text += f"{key}{self.table[key]}"
        for value in self.table.values():
            text += str(value)
        return text

    def last(self, numbers: list[int]) -> int:
        last = 0
        for last in numbers:
            self.total += last
        return last

    def over_copy(self) -> None:
        for key in list(self.table):
            self.table[key + "!"] = len(self.table)
            del self.table[key]

    def pairs(self, pairs: list[tuple[str, int]]) -> dict[str, int]:
        found: dict[str, int] = {}
        for key, number in pairs:
            if key in found:
                found[key] += number
            else:
                found[key] = number
        return found

    def of_tuple(self, pair: tuple[int, int], many: tuple[int, ...]) -> int:
        total = 0
        for number in pair:
            total += number
        for number in many:
            total *= number
        return total


NUMBERS = st.lists(st.integers(-2, 3), max_size=4)


@given(NUMBERS, SMALL, SMALL, st.sampled_from([-2, -1, 0, 1, 2]))
def test_loops(numbers: list[int], a: int, b: int, step: int) -> None:
    agree(
        Loops,
        call("sum", numbers),
        call("ranges", a, b, step),
        call("find", numbers, a),
        call("leave_and_skip", numbers),
        call("skip_in_the_middle", numbers),
        call("nested"),
        call("entries"),
        call("last", numbers),
        call("over_copy"),
        call("entries"),
        call("pairs", [("a", a), ("b", b), ("a", b)]),
        call("of_tuple", (a, b), tuple(numbers)),
    )


def test_many_guards_nest_no_deeper_than_a_node_takes() -> None:
    agree(ManyGuards, *(call("which", number) for number in range(31)))


class ManyGuards(Machine):
    def which(self, n: int) -> str:
        if n == 0:
            return "0"
        if n == 1:
            return "1"
        if n == 2:
            return "2"
        if n == 3:
            return "3"
        if n == 4:
            return "4"
        if n == 5:
            return "5"
        if n == 6:
            return "6"
        if n == 7:
            return "7"
        if n == 8:
            return "8"
        if n == 9:
            return "9"
        if n == 10:
            return "10"
        if n == 11:
            return "11"
        if n == 12:
            return "12"
        if n == 13:
            return "13"
        if n == 14:
            return "14"
        if n == 15:
            return "15"
        if n == 16:
            return "16"
        if n == 17:
            return "17"
        if n == 18:
            return "18"
        if n == 19:
            return "19"
        if n == 20:
            return "20"
        if n == 21:
            return "21"
        if n == 22:
            return "22"
        if n == 23:
            return "23"
        if n == 24:
            return "24"
        if n == 25:
            return "25"
        if n == 26:
            return "26"
        if n == 27:
            return "27"
        if n == 28:
            return "28"
        if n == 29:
            return "29"
        return "none"
