"""Fuzzing of the webhooks of Twilio and Telegram, with valid signatures and without."""

from __future__ import annotations

import json
import uuid

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from testing import bot_api, twilio
from testing.ports import wait_for
from testing.stack import HOOK, Phone
from tests.security.raw import MARK, fuzz, json_values, texts, well

FIELDS = ["Body", "From", "To", "MessageSid", "NumMedia", "AccountSid", "OptOutType", "SmsSid", "MediaUrl0", "X"]
TELEGRAM = "/webhooks/telegram/webhook"
sendable = texts.map(lambda text: text.encode("utf-8", "replace").decode()[:3000])


@fuzz(80)
@given(fields=st.dictionaries(st.sampled_from(FIELDS), sendable, max_size=5))
@example(fields={"From": ""})
@example(fields={"From": "+1555", "NumMedia": "²"})
@example(fields={"NumMedia": "9" * 5000})
def test_no_signed_text_breaks_it(bot, fields):
    phone = Phone()
    answer = well(phone.post({**phone.params(f"{MARK} hello"), **fields}))
    assert answer.status_code in (200, 400, 403), answer.text


@fuzz(60)
@given(
    body=st.one_of(st.binary(max_size=100), st.just(b"a=1&" * 400)),
    signature=st.one_of(st.none(), st.binary(max_size=30)),
)
def test_nobody_else_gets_in(http, body, signature):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if signature is not None:
        headers["x-twilio-signature"] = bytes(byte for byte in signature if byte > 32)
        headers["x-telegram-bot-api-secret-token"] = headers["x-twilio-signature"]
    assert well(http.post(HOOK, content=body, headers=headers)).status_code in (400, 403)
    assert well(http.post(TELEGRAM, content=body, headers=headers)).status_code == 403


def test_a_text_of_another_account_is_refused(bot):
    phone = Phone()
    assert phone.post({**phone.params("hello"), "AccountSid": "AC" + "0" * 32}).status_code == 403


@pytest.mark.parametrize("change", [{"Body": "other"}, {"From": "+15550009999"}, {"New": "1"}])
def test_a_signature_is_good_for_one_content_alone(bot, change):
    from twilio.request_validator import RequestValidator

    from testing.stack import PUBLIC_URL

    phone = Phone()
    params = phone.params("hello")
    signature = RequestValidator(twilio.TOKEN).compute_signature(f"{PUBLIC_URL}{HOOK}", params)
    assert phone.post({**params, **change}, signature).status_code == 403


def test_a_replayed_text_is_answered_once(bot):
    phone = Phone()
    params = phone.params("/help")
    assert [phone.post(params).status_code for _ in range(3)] == [200, 200, 200]
    wait_for(lambda: len(phone.inbox()) == 1)
    phone.say("hello")
    assert phone.silent(1.0) and len(phone.inbox()) == 2


def _post(http: httpx.Client, update: object) -> httpx.Response:
    headers = {"x-telegram-bot-api-secret-token": bot_api.SECRET}
    return well(http.post(TELEGRAM, content=json.dumps(update), headers=headers))


KINDS = ["message", "edited_message", "callback_query", "my_chat_member", "channel_post", "inline_query", "poll"]


@fuzz(120)
@given(kind=st.sampled_from(KINDS), content=json_values, number=st.one_of(st.integers(), st.just(2**60), json_values))
@example(kind="message", content="[" * 50, number=True)
def test_no_update_breaks_it(http, kind, content, number):
    assert _post(http, {"update_id": number, kind: content}).status_code in (200, 400)


@fuzz(80)
@given(
    more=st.dictionaries(
        st.sampled_from(
            ["text", "caption", "photo", "message_id", "from", "location", "edit_date", "reply_to_message", "entities"]
        ),
        json_values,
        max_size=4,
    ),
    chat=st.one_of(st.just({}), st.dictionaries(st.sampled_from(["id", "type"]), json_values, max_size=2)),
    kind=st.sampled_from(["message", "edited_message"]),
)
def test_no_message_of_a_private_chat_breaks_it(http, more, chat, kind):
    person = 6_000_000_000 + uuid.uuid4().int % 10**6
    message = {"message_id": 1, "chat": {"id": person, "type": "private", **chat}, "from": {"id": person}, **more}
    assert _post(http, {"update_id": uuid.uuid4().int % 2**52, kind: message}).status_code in (200, 400)


@fuzz(40)
@given(body=st.one_of(st.binary(max_size=80), st.sampled_from([b"[" * 90_000, b"null", b"1", b'"x"', b"{}"])))
def test_no_body_with_the_right_secret_breaks_it(http, body):
    headers = {"x-telegram-bot-api-secret-token": bot_api.SECRET}
    assert well(http.post(TELEGRAM, content=body, headers=headers)).status_code == 400
