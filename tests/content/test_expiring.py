"""What goes past its date is listed; age alone never ends anything with an error, a malformed file does."""

import datetime as dt
import re
import shutil
import subprocess
import sys

import pytest

from bench.accuracy import expiring
from bench.accuracy.links import links
from whichpath.console import Stop
from whichpath.library.files import CONTENT
from whichpath.library.states import packs as states
from whichpath.server import checks

DAY = dt.date(2026, 11, 22)


def test_everything_with_a_date_is_found():
    """As many places as the files have; none that carries a date is overlooked."""
    last = dt.date(2999, 1, 1)
    found = expiring.expiring((last - DAY).days, DAY)
    files = {name.split(":")[0] for _, name in found}
    dated = [p for p in CONTENT.rglob("*.yml") if re.search(r"^\s*expires:", p.read_text(encoding="utf-8"), re.M)]
    assert files == {str(p.relative_to(CONTENT)) for p in dated}
    assert len([name for name in files if name.startswith("states/")]) == 56
    assert "states/TX.yml: TX max_length" in {name for _, name in found}
    assert found == sorted(found)


def test_only_what_is_due_soonest_first(tmp_path):
    pack = "code: XX\nfacts:\n  statute:\n    - {value: A law, expires: 2026-12-24}\n  max_length:\n    - {value: 1, expires: 2026-11-30}\n"
    (tmp_path / "XX.yml").write_text(pack, encoding="utf-8")
    (tmp_path / "cards.yml").write_text(
        "- {id: old, expires: 2026-11-01}\n- {id: new, expires: 2027-06-01}\n", encoding="utf-8"
    )
    assert expiring.expiring(10, DAY, tmp_path) == [
        (dt.date(2026, 11, 1), "cards.yml: old"),
        (dt.date(2026, 11, 30), "XX.yml: XX max_length"),
    ]
    assert len(expiring.expiring(60, DAY, tmp_path)) == 3
    assert len(expiring.expiring(-30, DAY, tmp_path)) == 0


@pytest.mark.parametrize("today", ["2026-11-22", "2031-01-01"])
def test_the_command_ends_well_at_any_age(today):
    command = [sys.executable, "-m", "bench.accuracy.expiring", "60", "--today", today]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CONTENT.parent, check=False)
    assert done.returncode == 0, done.stderr
    number = int(done.stdout.splitlines()[-1].split()[0])
    assert number == len(done.stdout.splitlines()) - 1
    assert (number > 600) == (today > "2027")
    assert ("past" in done.stdout) == (today > "2027")


def test_a_malformed_pack_is_an_error_and_an_old_one_is_not(tmp_path, monkeypatch):
    """What `make content` does with each."""
    shutil.copytree(CONTENT / "states", tmp_path / "states")
    monkeypatch.setattr(states, "load_states", lambda load=states.load_states: load(tmp_path / "states"))
    path = tmp_path / "states" / "TX.yml"
    old = path.read_text(encoding="utf-8").replace("2026-11-2", "2019-11-2").replace("2027-07-31", "2020-07-31")
    path.write_text(old, encoding="utf-8")
    assert checks.check_content() > 100
    path.write_text(old.replace("confidence: seen", "confidence: sure", 1), encoding="utf-8")
    with pytest.raises(Stop, match=r"TX\.yml, field 'facts|TX\.yml, field 'looked_up"):
        checks.check_content()


def test_nobody_is_sent_to_a_page_of_low_worth_or_a_mirror():
    sent = {link.address for link in links() if link.linked}
    assert len(sent) > 300
    for row in links():
        if row.linked:
            assert not re.search(r"asbar\.org|pages\.dev", row.host), row
            assert row.known not in ("from memory", "page read, secondary"), row
