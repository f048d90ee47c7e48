"""What a supervisor is told."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import pytest

from camshaft.node.notifying import notify


@pytest.mark.parametrize("is_abstract", [False, True])
def test_a_supervisor_is_told_at_the_socket_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_abstract: bool
) -> None:
    name = f"@camshaft-{tmp_path.parent.name}-{tmp_path.name}" if is_abstract else "notify"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(name.replace("@", "\0"))
        notify("READY=1", "MAINPID=5")
        assert supervisor.recv(1_000) == b"READY=1\nMAINPID=5"


def test_without_a_supervisor_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    assert caplog.text == ""


def test_a_supervisor_that_is_gone_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    with caplog.at_level(logging.WARNING):
        notify("READY=1")
    assert "cannot be told" in caplog.text
