"""Fixtures shared by the tests of the reminders."""

import datetime as dt

import pytest

from tests.jobs.provider import Provider
from tests.jobs.scene import DAY, SECRET, Clock, Scene, local
from whichpath.store.encryption import Cipher
from whichpath.store.inbox import Inbox


@pytest.fixture
def provider():
    double = Provider()
    yield double
    double.close()


@pytest.fixture
def url(database_url):
    return database_url


@pytest.fixture
def inbox(engine):
    return Inbox(engine, Cipher(SECRET.encode()))


@pytest.fixture
def scene(inbox, provider):
    return Scene(inbox, provider, Clock(local("America/New_York", DAY - dt.timedelta(days=5), 12)))
