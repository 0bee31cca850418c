"""Rate limits across processes in a real Redis, and the fallback without it."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from testing import production, twilio
from testing.stack import HOOK, PUBLIC_URL
from whichpath.channels.guards.limits import PER_PHONE, Limits, Rate
from whichpath.channels.guards.limits_shared import AWAY, SharedLimits, limits
from whichpath.channels.sms.channel import SmsInput
from whichpath.channels.sms.webhook import Gate
from whichpath.channels.telegram.channel import TelegramInput
from whichpath.channels.telegram.updates import read_update
from whichpath.providers.telegram_settings import read_telegram
from whichpath.providers.twilio_settings import read_sms

BURST = int(PER_PHONE.burst)


@pytest.fixture
def redis(monkeypatch):
    """A working Redis, set in our settings."""
    server = production.redis()
    server.ask("FLUSHALL")
    monkeypatch.setenv("WHICHPATH_REDIS_URL", server.url)
    yield server
    server.thaw()
    if server.process.poll() is not None:
        server.start()


class Outbox:
    """An outbox that records messages."""

    def __init__(self) -> None:
        self.taken: list[dict] = []

    async def accept(self, _provider_id, _sender, _address, message, hold=0.0) -> bool:
        self.taken.append(message)
        return True


def test_without_redis_each_counts_for_itself(monkeypatch):
    monkeypatch.delenv("WHICHPATH_REDIS_URL", raising=False)
    assert type(limits()) is Limits


async def test_two_processes_count_together(redis):
    one, two = limits(), limits()
    assert isinstance(one, SharedLimits)
    rate = Rate(burst=6, per_second=0.01)
    assert [await each.take(rate, "a") for _ in range(4) for each in (one, two)] == [True] * 6 + [False] * 2
    assert await two.take(rate, "b") and 90 <= await one.wait(rate, "a") <= 100
    kept = redis.everything()
    assert kept.count("whichpath:rate:") == 2 and "ttl=-1" not in kept


def of_two_processes(channel: type, settings: object) -> list:
    """Two instances of one channel, each with a recording outbox."""
    return [(channel(settings), Outbox()) for _ in range(2)]


def told(outboxes: list) -> list[bool]:
    """The ``slow`` flag of each message that either accepted."""
    return sorted(message["slow"] for _, outbox in outboxes for message in outbox.taken)


async def test_a_phone_that_texts_too_much_is_told_once_by_all(redis):
    given = {"TWILIO_ACCOUNT_SID": twilio.SID, "TWILIO_AUTH_TOKEN": twilio.TOKEN, "TWILIO_FROM": twilio.NUMBER}
    settings = read_sms(
        {**given, "WHICHPATH_PUBLIC_URL": PUBLIC_URL, "WHICHPATH_CONTACT": "help@legal-aid.example.org"}
    )
    processes = of_two_processes(SmsInput, settings)
    for number in range(BURST + 8):
        params = {"MessageSid": f"SM{number:032}", "From": "+15551239999", "To": twilio.NUMBER, "Body": "..."}
        params |= {"AccountSid": twilio.SID, "NumMedia": "0"}
        signature = RequestValidator(twilio.TOKEN).compute_signature(f"{PUBLIC_URL}{HOOK}", params)
        request = SimpleNamespace(
            body=urlencode(params).encode(), path=HOOK, query_string="", headers={"x-twilio-signature": signature}
        )
        channel, outbox = processes[number % 2]
        words = SimpleNamespace(commands=SimpleNamespace(of=lambda _text: None), outbox=outbox)
        await channel._take_in(request, Gate(settings), words)
    assert told(processes) == [False] * BURST + [True]
    assert not [word for word in ("5551239999", "sms:") if word in redis.everything()]


async def test_a_chat_that_writes_too_much_is_told_once_by_all(redis):
    settings = read_telegram({"TELEGRAM_TOKEN": f"123456:{'A' * 35}", "TELEGRAM_SECRET": "s" * 32})
    processes = of_two_processes(TelegramInput, settings)
    for number in range(BURST + 8):
        chat = {"id": 777001, "type": "private"}
        message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": {**chat, "is_bot": False}}
        update = {"update_id": number, "message": {**message, "text": "..."}}
        assert read_update(json.loads(json.dumps(update))) is not None
        channel, outbox = processes[number % 2]
        await channel._take_in(update, settings, SimpleNamespace(outbox=outbox))
    assert told(processes) == [False] * BURST + [True]
    assert "777001" not in redis.everything()


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_without_an_answer_of_redis_each_counts_for_itself_and_soon(redis, fault):
    rates = limits()
    assert await rates.take(PER_PHONE, "a")
    getattr(redis, fault)()
    began = time.monotonic()
    judged = [await rates.judge("a") for _ in range(BURST + 3)]
    assert time.monotonic() - began < 4, "one call waits, not each"
    assert judged == ["pass"] * BURST + ["tell", "drop", "drop"]


async def test_when_redis_is_back_all_count_together_again(redis):
    moved = [time.monotonic()]
    one, two, rate = limits(), limits(), Rate(burst=3, per_second=0.001)
    one.now = lambda: moved[0]
    redis.freeze()
    assert await one.take(rate, "a")
    redis.thaw()
    moved[0] += AWAY + 1
    answers = [await each.take(rate, "a") for _ in range(2) for each in (one, two)]
    assert answers == [True, True, True, False]
