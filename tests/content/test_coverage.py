"""The coverage tables count correctly; the page for review contains only what applies to the person."""

import datetime as dt

import pytest
from click.testing import CliRunner

from whichpath.cli import cli
from whichpath.library import coverage, specimen
from whichpath.library.entries import load_answers
from whichpath.library.rules import StateRules, load_rules
from whichpath.library.states.packs import load_states

DAY = dt.date(2026, 11, 29)
STATES, ANSWERS = load_states(), load_answers()
RULES = load_rules(STATES.names())


def _cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_row_a_jurisdiction_and_every_line_counted():
    lines = list(coverage.of_states(STATES, RULES, DAY))
    head, rows = _cells(lines[0]), {_cells(line)[0]: _cells(line) for line in lines[2:] if line.startswith("|")}
    assert len(rows) == 58 and all(len(row) == len(head) for row in rows.values())
    assert "D" in rows["AL"][head.index("appeal")] and rows["CA"][head.index("end")].endswith("C")
    total = sum(int(cell) for cell in rows["**lines**"] if cell.isdigit())
    assert total == sum(map(len, RULES.rules.values())) and lines[-1].strip().startswith(f"{total} lines;")


def test_what_is_past_its_date_is_not_counted():
    lines = list(coverage.of_states(STATES, RULES, dt.date(2999, 1, 1)))
    assert lines[-1].strip().startswith("0 lines; 0 of")


def test_a_topic_counts_who_is_answered():
    lines = {_cells(line)[0]: _cells(line) for line in coverage.of_questions(ANSWERS)}
    assert lines["**all**"][1] == str(len(ANSWERS.questions()))
    # Third parties get no forms in a criminal case; both sides of a civil order do.
    assert lines["ask_forms"][2].startswith(f"{lines['ask_forms'][1]} (") and lines["ask_forms"][-1] == "0 (0)"


def test_grades_are_those_of_the_gate():
    *_, last = coverage.grades(ANSWERS)
    _, count, middle, highest, _ = _cells(last)
    assert int(count) == sum(len(entry.variants) for entry in ANSWERS)
    assert float(middle) < float(highest) <= 6.0


def test_a_page_is_drawn_by_its_seed_and_keeps_roles_apart():
    def text(seed, rules=RULES):
        return "\n".join(specimen.page(10, seed, STATES, rules, ANSWERS, DAY))

    page = text(2026)
    assert page == text(2026) and page != text(2027)
    assert page.count("\n## ") == 10 and page.count("\n### ") == 5 * 11
    nebraska = page.split("(NE)")[1].split("\n## ")[0].split("\n### ")
    restrained, protected = nebraska[1], nebraska[3]
    assert "Sign the hearing request" in restrained and "Sign the hearing request" not in protected
    assert text(2026, StateRules({}, {})).count("Nothing of its own.") == 50


@pytest.mark.parametrize("options", [[], ["--grades"], ["--states", "2", "--seed", "7"]])
def test_the_command_prints_tables(options):
    result = CliRunner().invoke(cli, ["coverage", *options])
    assert result.exit_code == 0 and ("|" in result.output or "## The answers" in result.output)
