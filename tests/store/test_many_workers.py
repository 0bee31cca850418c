"""Several workers on one table: each message is processed once, in order, and none is lost."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

import pytest

from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.inbox import Inbox
from whichpath.store.migrate import upgrade

PEOPLE, EACH, WORKERS = 12, 4, 4


@pytest.fixture
def inbox(database_url):
    def another():
        engine = make_engine(database_url)
        upgrade(engine)
        return Inbox(engine, Cipher(b"k" * 32))

    return another


def together(*works):
    faults = []

    def run(work):
        try:
            work()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_each_message_once_and_in_order(inbox):
    front = inbox()
    for number in range(EACH):
        for person in range(PEOPLE):
            assert front.accept("sms", f"{person}-{number}", f"sms:{person}", "+1", {"n": number})
    got = defaultdict(list)

    def worker():
        mine = inbox()
        empty = 0
        while empty < 20:
            work = mine.claim("sms")
            if work is None:
                empty += 1
                time.sleep(0.02)
                continue
            empty = 0
            got[work.sender_id].append(work.message["n"])
            mine.keep_answer(work, [{"body": "x"}], {"menu": []}, False)
            mine.begin(work, 0)
            mine.sent(work, 1, None)
            mine.finish(work)

    together(*[worker] * WORKERS)
    assert dict(got) == {f"sms:{person}": list(range(EACH)) for person in range(PEOPLE)}


def test_the_same_message_at_two_processes_is_taken_in_once(inbox):
    answers = []

    def accept():
        mine = inbox()
        answers.extend(mine.accept("sms", f"SM{n}", "sms:a", "+1", {}) for n in range(10))

    together(*[accept] * WORKERS)
    assert answers.count(True) == 10 and answers.count(False) == 10 * (WORKERS - 1)


def test_first_messages_of_one_person_at_two_processes_are_both_taken_in(inbox):
    """Two processes add the same address at the same time: neither treats its message as a duplicate."""
    for attempt in range(10):
        answers, start = [], threading.Barrier(2)

        def accept(name, answers=answers, start=start, attempt=attempt):
            mine = inbox()
            start.wait()
            answers.append(mine.accept("sms", f"{name}{attempt}", f"sms:{attempt}", "+1", {}))

        together(lambda: accept("a"), lambda: accept("b"))
        assert answers == [True, True]


def test_stop_at_two_processes_is_one_opt_out(inbox):
    together(*[lambda: inbox().opt_out("sms:a")] * WORKERS)
    assert inbox().opted_out("sms:a")
