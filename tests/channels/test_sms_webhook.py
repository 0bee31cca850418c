"""Forged, repeated or malformed webhooks, and faults of Twilio, over real servers."""

import time

import pytest

from testing import twilio
from testing.ports import wait_for
from testing.stack import Phone, stack, texts

pytestmark = pytest.mark.usefixtures("twilio_double")
ASK = "how do i end a restraining order"


# --- invalid webhooks ---


def test_a_forged_one_is_refused(phone):
    params = phone.params(ASK)
    for signature in ("", "AAAA", "x" * 1000):
        assert phone.post(params, signature).status_code == 403
    assert phone.post({**params, "AccountSid": "AC" + "9" * 32}).status_code == 403
    good = phone.post(params)
    assert good.status_code == 200
    changed = {**phone.params("other words"), "MessageSid": params["MessageSid"]}
    from twilio.request_validator import RequestValidator

    signature = RequestValidator(twilio.TOKEN).compute_signature("https://bot.example.org/webhooks/sms/webhook", params)
    assert phone.post(changed, signature).status_code == 403
    signature = RequestValidator(twilio.TOKEN).compute_signature("https://evil.example/webhooks/sms/webhook", params)
    assert phone.post(params, signature).status_code == 403


def test_a_blank_field_belongs_to_the_signature(phone):
    params = phone.params(ASK)
    assert "" in params.values()
    assert phone.post(params, query="?from=twilio").status_code == 200


def test_a_replay_is_answered_once(phone):
    params = phone.send(ASK)
    wait_for(phone.inbox)
    for _ in range(5):
        assert phone.post(params).status_code == 200
    assert phone.silent()
    assert len(phone.inbox()) == 1


def test_copies_at_the_same_moment_are_answered_once(phone):
    from concurrent.futures import ThreadPoolExecutor

    params = phone.params(ASK)
    with ThreadPoolExecutor(8) as pool:
        codes = [answer.status_code for answer in pool.map(lambda _: phone.post(params), range(8))]
    assert set(codes) == {200}
    wait_for(phone.inbox)
    assert phone.silent() and len(phone.inbox()) == 1


def test_malformed_and_oversized_ones_are_refused_and_none_with_a_500(phone):
    import httpx

    url = f"{stack().url}/webhooks/sms/webhook"
    bodies = [b"", b"\xff\xfe%ff", b"Body=" + b"x" * 200_000, b"&".join(b"a=1" for _ in range(5000)), b"{}", b"%zz=%"]
    for body in bodies:
        for headers in ({}, {"X-Twilio-Signature": "é".encode()}, {"content-type": "application/json"}):
            answer = httpx.post(url, content=body, headers=headers, timeout=20)
            assert answer.status_code in (400, 403, 413), (body[:20], answer.status_code)
    for broken in ({"From": ""}, {"MessageSid": "", "SmsSid": ""}, {"MessageSid": "../../x"}):
        assert phone.post({**phone.params(ASK), **broken}).status_code == 400
    for strange in ({"From": "88788"}, {"From": twilio.NUMBER}, {"From": "whatsapp:+15551230000"}):
        assert phone.post({**phone.params(ASK), **strange}).status_code == 200
    assert httpx.get(url).status_code == 405
    long = Phone()
    assert long.say("my ex has an order and " * 900)
    assert phone.say("/restart") and phone.say('/inform{"role": "king"}') and phone.say("\x00\x07")


# --- faults of Twilio ---


@pytest.mark.parametrize("fault", [500, 429, "drop", 503])
def test_a_text_goes_out_once_whatever_happens_on_the_way(phone, fault):
    texts().faults[:] = [fault]
    assert phone.say(ASK)
    assert phone.silent() and len(phone.inbox()) == 1


def test_whom_twilio_blocks_is_left_alone(phone):
    posts = texts().posts
    texts().faults[:] = [("code", 21610)]
    phone.send(ASK)
    wait_for(lambda: texts().posts > posts)
    phone.send(ASK)
    assert phone.silent(1.5) and texts().posts == posts + 1


def test_a_stalled_twilio_holds_up_nobody_else(phone):
    other = Phone()
    texts().faults[:] = ["hang"]
    phone.send(ASK)
    wait_for(lambda: not texts().faults)
    began = time.monotonic()
    assert other.say(ASK)
    assert time.monotonic() - began < 5
    wait_for(phone.inbox, 40)
    assert phone.silent() and len(phone.inbox()) == 1
