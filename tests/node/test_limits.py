"""Limits and what the operating system leaves of them."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from camshaft.bytecode.encoding import MAX_PROGRAM_BYTES
from camshaft.node.limits import DEFAULT_LIMITS, Limits, connections_possible


@pytest.fixture
def open_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[0], before[1]))


def test_the_largest_upgrade_fits_into_a_command() -> None:
    assert DEFAULT_LIMITS.frame_bytes > 2 * MAX_PROGRAM_BYTES + 100_000


def test_the_largest_state_that_is_sent_fits_into_what_may_wait() -> None:
    assert DEFAULT_LIMITS.reply_bytes < DEFAULT_LIMITS.output_bytes


@pytest.mark.usefixtures("open_files")
def test_the_limit_of_open_files_is_raised_as_far_as_needed() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    assert connections_possible(Limits(connections=300)) == 300
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (364, hard)


@pytest.mark.usefixtures("open_files")
def test_fewer_clients_are_served_where_no_more_files_can_be_open() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert connections_possible(Limits(connections=hard * 2)) == hard - 64
