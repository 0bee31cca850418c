"""An agreed reminder is stored as rows of the table, on both channels."""

import datetime as dt
import time

import pytest
import sqlalchemy as sa

from whichpath.channels import outbox
from whichpath.channels.sms import conversation as sms
from whichpath.channels.telegram import conversation as telegram
from whichpath.channels.telegram.render import token
from whichpath.providers.telegram_settings import read_telegram
from whichpath.providers.twilio_settings import read_sms
from whichpath.server import run
from whichpath.settings import Settings
from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.inbox import Inbox
from whichpath.store.migrate import upgrade
from whichpath.store.schema import addresses, reminder

DAY = (dt.date.today() + dt.timedelta(days=30)).isoformat()
ON, OFF = {"date": DAY, "zone": "America/Denver"}, {"off": True}


@pytest.fixture
def inbox(database_url, monkeypatch):
    engine = make_engine(database_url)
    upgrade(engine)
    made = Inbox(engine, Cipher(b"a secret for the tests alone"))
    monkeypatch.setattr(outbox, "shared_inbox", lambda: made)
    return made


class Person:
    """A person on a channel; ``agreed``: the reminder that the bot agrees to next."""

    def __init__(self, channel, inbox, provider):
        self.inbox, self.channel, self.agreed, self.heard = inbox, channel, None, []
        handle, environment = self.handle, provider.environment
        if channel == "sms":
            self.conversation = sms.SmsConversation(read_sms(environment), handle, lambda: None)
        else:
            self.conversation = telegram.TelegramConversation(read_telegram(environment), handle)
        self.sender, self.count = f"{channel}:somebody", 0

    async def handle(self, message):
        self.heard.append(message.text)
        custom = {"data": {"remind": self.agreed}} if self.agreed else None
        await message.output_channel.send_response("x", {"text": "Words of an answer.", "custom": custom})

    async def say(self, text, kind="text"):
        self.count += 1
        address = "+15551230001" if self.channel == "sms" else "5000000001"
        self.inbox.accept(self.channel, f"m{self.count}", self.sender, address, {"text": text, "kind": kind})
        work = self.inbox.claim(self.channel)
        answer = await self.conversation.answer(work, self.inbox.thread(self.sender))
        self.inbox.keep_answer(work, answer.deliveries, answer.thread, answer.forget)
        self.inbox.finish(work)
        return answer

    def rows(self):
        with self.inbox.engine.begin() as db:
            return db.execute(sa.select(reminder).order_by(reminder.c.due)).all()


@pytest.fixture(params=["sms", "telegram"])
def person(request, inbox, provider):
    return Person(request.param, inbox, provider)


async def test_an_agreement_is_written_down_once(person):
    person.agreed = ON
    await person.say("yes this phone is safe")
    await person.say("yes, really")
    rows = person.rows()
    assert [row.kind for row in rows] == ["day_before", "morning"]
    assert {(row.channel, row.sender_id, row.state) for row in rows} == {(person.channel, person.sender, "waiting")}
    with person.inbox.engine.begin() as db:
        assert db.execute(sa.select(addresses.c.keep_until)).scalar_one() > time.time() + 29 * 24 * 3600


async def test_an_answer_without_agreement_books_nothing(person):
    await person.say("remind me")
    assert person.rows() == []


async def test_taken_back(person):
    person.agreed = ON
    await person.say("yes")
    person.agreed = OFF
    await person.say("no reminders")
    assert person.rows() == []


async def test_stop_on_sms_deletes_them(inbox, provider):
    person = Person("sms", inbox, provider)
    person.agreed = ON
    await person.say("yes")
    assert person.rows()
    await person.say("STOP")
    assert person.rows() == [] and inbox.address(person.sender) is None


@pytest.mark.parametrize("word", ["/stop", "stop", "STOP"])
async def test_stop_on_telegram_cancels_reminders(inbox, provider, word):
    person = Person("telegram", inbox, provider)
    await person.say(word)
    assert person.heard == ['/inform{"reminder": "no"}']


async def test_a_blocked_bot_and_a_pressed_button(inbox, provider):
    person = Person("telegram", inbox, provider)
    person.agreed = ON
    await person.say(token('/inform{"reminder": "safe"}'), "press")
    assert person.heard == ['/inform{"reminder": "safe"}'] and len(person.rows()) == 2
    await person.say("", "blocked")
    assert person.rows() == []


async def test_a_database_that_is_gone_says_no_yes(person, monkeypatch):
    """A turn fails and is retried: no reminder is confirmed that is not stored."""
    person.agreed = ON

    def gone(*_args):
        raise sa.exc.OperationalError("x", {}, Exception())

    monkeypatch.setattr("whichpath.channels.reminder_requests.Reminders.schedule", gone)
    with pytest.raises(sa.exc.OperationalError):
        await person.say("yes")


@pytest.mark.parametrize(("lines", "names"), [(["SMS is off (x)", "Telegram is on"], 4), (["SMS is off (x)"], 3)])
def test_the_worker_runs_only_where_it_can_send(monkeypatch, tmp_path, lines, names):
    monkeypatch.setattr(run, "VAR", tmp_path)
    monkeypatch.setattr(run, "channel_lines", lambda: lines)
    made = run.servers(Settings())
    assert len(made) == names and (names == 3 or made[2].module == "whichpath.jobs.reminders")
    assert made[-1].module == "whichpath.jobs.retention"
    assert not made[-1].running and not made[-1].ready()
