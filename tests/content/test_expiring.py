"""Expired content is listed. Expiry causes no error, a malformed file does."""

import datetime as dt
import re
import shutil

import pytest

from bench.accuracy.links import links
from whichpath.library import expiring
from whichpath.library.files import CONTENT, ContentError
from whichpath.library.states.packs import load_states

DAY = dt.date(2026, 11, 29)


def test_everything_with_a_date_is_found():
    """The list contains every dated place of the files."""
    last = dt.date(2999, 1, 1)
    found = expiring.expiring((last - DAY).days, DAY)
    files = {name.split(":")[0] for _, name in found}
    dated = [p for p in CONTENT.rglob("*.yml") if re.search(r"^\s*expires:", p.read_text(encoding="utf-8"), re.M)]
    assert files == {str(p.relative_to(CONTENT)) for p in dated}
    assert len([name for name in files if name.startswith("states/")]) == 56
    assert len([name for name in files if name.startswith("rules/")]) == 56
    assert found == sorted(found)


def test_only_what_is_due_soonest_first(tmp_path):
    (tmp_path / "a.yml").write_text(
        "- {id: old, expires: 2026-11-01}\n- {id: new, expires: 2027-06-01}\n", encoding="utf-8"
    )
    (tmp_path / "b.yml").write_text(
        "code: XX\nlinks:\n  legal_aid_url:\n    - {value: 1, expires: 2026-12-05}\n", encoding="utf-8"
    )
    due = expiring.expiring(10, DAY, tmp_path)
    assert [date for date, _ in due] == [dt.date(2026, 11, 1), dt.date(2026, 12, 5)]
    assert due[0][1] == "a.yml: old"
    assert len(expiring.expiring(365, DAY, tmp_path)) == 3 and not expiring.expiring(-60, DAY, tmp_path)
    assert [row[1:] for row in expiring.by_date(tmp_path)] == [(1, 1)] * 3


def test_an_old_file_loads_and_a_malformed_one_does_not(tmp_path):
    shutil.copytree(CONTENT / "states", tmp_path / "states")
    path = tmp_path / "states" / "TX.yml"
    old = re.sub(r"reviewed: 20\d\d", "reviewed: 2018", re.sub(r"expires: 20\d\d", "expires: 2020", path.read_text()))
    path.write_text(old, encoding="utf-8")
    packs = load_states(tmp_path / "states")
    assert not packs.lawyers("TX", DAY)
    path.write_text(old.replace("confidence: seen", "confidence: sure", 1), encoding="utf-8")
    with pytest.raises(ContentError, match=r"TX\.yml, field 'links"):
        load_states(tmp_path / "states")


def test_nobody_is_sent_to_a_page_of_low_worth_or_a_mirror():
    rows = [row for row in links() if row.linked]
    assert len({row.address for row in rows}) > 300
    for row in rows:
        assert not re.search(r"asbar\.org|pages\.dev|bartleby|^(dev|demo|nocache)\.", row.host), row
