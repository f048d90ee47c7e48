"""Sockets, protocols and limits: what clients talk to. Reading order: server, turns, calls, connection, framing."""
