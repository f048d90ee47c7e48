"""The page on bytecode is current, complete, and as exact as it claims."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.instructions import MNEMONICS, Op
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.reference import CONDITIONS, PARTS, SEED, main, regenerated
from camshaft.bytecode.text import assemble_text
from camshaft.bytecode.verifier import MAX_APPLY_DEPTH
from camshaft.bytecode.worked_example import COUNTER
from camshaft.execution.interpreter import DEFAULT_FUEL

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "bytecode.md"
TEXT = PAGE.read_text()


def test_the_page_is_current() -> None:
    assert regenerated(TEXT) == TEXT, "run `make docs`"


def test_every_generated_part_is_on_the_page() -> None:
    assert sorted(re.findall(r"<!-- generated: (\w+) -->", TEXT)) == sorted(PARTS)


def test_a_part_that_is_stale_is_written_anew(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(TEXT.replace("| `PUSH` |", "| `SHOVE` |", 1).replace("keep a copy", "lose a copy"))
    main([str(page)])
    assert page.read_text() == TEXT


@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_every_instruction_has_its_row(mnemonic: str) -> None:
    assert re.search(rf"^\| {MNEMONICS[mnemonic].opcode} \| `{mnemonic}[ `]", TEXT, re.MULTILINE)


def test_every_instruction_says_what_the_verifier_asks() -> None:
    assert set(CONDITIONS) == set(Op)


def test_every_instruction_of_the_seed_has_its_counterpart() -> None:
    seed = "ID FST SND COPY CONSUME FIRST SECOND CONS SWAP QUOTE ADD APP CURRY INL INR BRANCH RETURN PUSH ROT GET PUT"
    assert [row[0] for row in SEED] == seed.split()


def test_what_is_charged_by_size_is_said_for_each_operation_that_is() -> None:
    rows = dict(
        re.findall(r"^\| \d+ \| `([A-Z_]+)` \|(?:[^|]*\|){3} ([^|]*) \|", TEXT.replace(r"\|", "/"), re.MULTILINE)
    )
    for primitive in PRIMITIVES.values():
        assert bool(rows[primitive.name.upper()].strip()) == (primitive.charge is not None)


def test_the_bytes_of_the_example_are_those_of_its_text() -> None:
    (block,) = re.findall(r"```\n(   0  94 .*?)```", TEXT, re.DOTALL)
    lines = [re.match(r" *\d+  ((?:[0-9a-f]{2} )+)", line + " ") for line in block.splitlines()]
    assert b"".join(bytes.fromhex(line[1]) for line in lines if line) == encode_program(assemble_text(COUNTER))


def test_the_budget_and_the_depth_of_applications_are_those_of_the_executions() -> None:
    assert f"{DEFAULT_FUEL:,} units" in TEXT
    assert f"at most {MAX_APPLY_DEPTH} deep" in TEXT


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", TEXT))
def test_links_lead_somewhere(target: str) -> None:
    assert (PAGE.parent / target).exists()


def test_its_contents_name_its_sections() -> None:
    sections = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    anchors = [re.sub(r"[^a-z0-9 -]", "", section.lower()).replace(" ", "-") for section in sections]
    assert re.findall(r"^- \[(.+)\]\(#(.+)\)$", TEXT, re.MULTILINE) == list(zip(sections, anchors, strict=True))
