"""Where a node listens, as people write it: `127.0.0.1:7766`, `[::1]:7766`, `localhost`, `:7766`."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft.errors import Rejected

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 7766


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and a TCP port."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def of(cls, node: str | Endpoint) -> Endpoint:
        """An endpoint, or what `parse` makes of a text. Raises Rejected."""
        return cls.parse(node) if isinstance(node, str) else node

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """Read `host:port`, where either may be left out. Raises Rejected."""
        if text.startswith("["):
            host, closed, rest = text[1:].partition("]")
            port = rest.removeprefix(":")
            if not closed or (rest and not rest.startswith(":")):
                raise Rejected(f"not the address of a node: {text!r}; write [host]:port for IPv6")
        elif text.count(":") > 1:
            raise Rejected(f"not the address of a node: {text!r}; write [host]:port for IPv6")
        else:
            host, _, port = text.partition(":")
        if not port:
            return cls(host or DEFAULT_HOST)
        if not (port.isascii() and port.isdecimal() and int(port) < 1 << 16):
            raise Rejected(f"not the address of a node: {text!r}; a port is a number up to 65535")
        return cls(host or DEFAULT_HOST, int(port))


DEFAULT_ENDPOINT = Endpoint()
