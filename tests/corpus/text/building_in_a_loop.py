"""Texts grow in a loop, character by character."""

from camshaft import Machine


class Build(Machine):
    def reverse(self, s: str) -> str:
        out = ""
        for i in range(len(s) - 1, -1, -1):
            out += s[i]
        return out

    def vowels(self, s: str) -> int:
        found = 0
        for i in range(len(s)):
            if s[i] in "aeiou":
                found += 1
        return found

    def is_palindrome(self, s: str) -> bool:
        return s == s[::-1]
