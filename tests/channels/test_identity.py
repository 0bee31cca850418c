"""Pseudonyms and session ids."""

from __future__ import annotations

import multiprocessing
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whichpath.store import identity
from whichpath.store.identity import SESSION_SECONDS, new_session, pseudonym, session_sender


def test_a_session_of_ours_is_known():
    session = new_session()
    sender = session_sender(session)
    assert sender is not None and sender.startswith("web:")
    assert session.split(".")[0] not in sender, "whoever reads the database cannot go on with the talk"
    assert session_sender(session) == sender


def test_a_session_ends():
    session = new_session(now=1_000_000)
    assert session_sender(session, now=1_000_000 + SESSION_SECONDS)
    assert session_sender(session, now=1_000_001 + SESSION_SECONDS) is None
    assert session_sender(session, now=1_000_000 - 61) is None


def test_any_changed_character_breaks_it():
    session = new_session()
    for place, old in enumerate(session):
        assert session_sender(session[:place] + ("A" if old != "A" else "B") + session[place + 1 :]) is None


@given(
    st.one_of(
        st.text(), st.none(), st.integers(), st.lists(st.text()), st.from_regex(r"\A[\w-]{24}\.\d+\.[0-9a-f]{40}\Z")
    )
)
def test_nothing_else_is_a_session(value):
    assert session_sender(value) is None


def test_one_person_is_one_pseudonym_a_channel():
    assert pseudonym("rest", "+15551230000") == pseudonym("rest", "+15551230000")
    assert pseudonym("rest", "a") != pseudonym("rest", "b")
    assert pseudonym("rest", "a").split(":")[1] != pseudonym("sms", "a").split(":")[1]
    assert "5551230000" not in pseudonym("sms", "+15551230000")


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "var" / "secret"
    first = identity._key_in(path)
    assert identity._key_in(path) == first and len(first) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret"]


def test_processes_that_start_at_once_agree_on_the_key(tmp_path):
    with multiprocessing.get_context("fork").Pool(8) as pool:
        keys = set(pool.map(identity._key_in, [tmp_path / "secret"] * 32))
    assert len(keys) == 1


def test_a_key_from_outside(monkeypatch):
    identity.key.cache_clear()
    monkeypatch.setenv("WHICHPATH_SECRET", "short")
    with pytest.raises(ValueError, match="16"):
        identity.key()
    monkeypatch.setenv("WHICHPATH_SECRET", "0123456789abcdef")
    assert identity.key() == b"0123456789abcdef"
    identity.key.cache_clear()
