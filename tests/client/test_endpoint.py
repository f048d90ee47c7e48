from __future__ import annotations

import pytest

from camshaft.client.endpoint import Endpoint
from camshaft.errors import Rejected


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("", Endpoint("127.0.0.1", 7766)),
        ("localhost", Endpoint("localhost", 7766)),
        (":80", Endpoint("127.0.0.1", 80)),
        ("10.0.0.1:7000", Endpoint("10.0.0.1", 7000)),
        ("[::1]:7000", Endpoint("::1", 7000)),
        ("[::1]", Endpoint("::1", 7766)),
    ],
)
def test_either_part_of_an_endpoint_may_be_left_out(text: str, endpoint: Endpoint) -> None:
    assert Endpoint.parse(text) == endpoint


@pytest.mark.parametrize("text", ["::1", "a:b", "a:70000", "[::1", "[::1]7766", "a:-1", "a:٣"])
def test_a_text_that_names_no_endpoint_is_rejected(text: str) -> None:
    with pytest.raises(Rejected, match="not the address of a node"):
        Endpoint.parse(text)


@pytest.mark.parametrize("endpoint", [Endpoint("node.example", 1), Endpoint("::1", 7766)])
def test_an_endpoint_is_written_as_it_is_read(endpoint: Endpoint) -> None:
    assert Endpoint.parse(str(endpoint)) == endpoint
