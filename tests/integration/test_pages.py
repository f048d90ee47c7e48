"""What the pages of the documentation show is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from generators.pages import PAGES, Page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_all_that_a_page_shows_happens_as_it_says(page: Path, tmp_path: Path) -> None:
    Page(page, tmp_path).run()
