"""Recognition of requests for a reminder, refusals, and other uses of "remind"."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from whichpath.nlu.dates.reminder import ReminderExtractor, find

YES = [
    "remind me", "Remind me of this date", "can you remind me?", "can you remind me the day before",
    "please remind me of my court date", "remind me about it", "remind me before court", "set a reminder please",
    "could you send me a reminder", "reminder", "i want a reminder on the 17th", "pls remind me, court is the 17th",
    "will you remind me when court is", "text me a reminder the day before", "can i get reminders", "remind me please",
    "remind me tomorrow",
]  # fmt: skip
NO = [
    "no reminders", "stop reminding me", "cancel the reminder", "don't remind me", "i do not want a reminder",
    "turn off reminders", "stop the reminders please", "don’t remind me",
]  # fmt: skip
NEITHER = [
    "remind me what a motion is", "can you remind me what i have to bring", "he keeps reminding me what he'll do",
    "she reminds me of the order", "remind me who can end it", "that reminds me, is there a fee",
    "what was that reminder", "remind me how to file", "he reminded me of court", "i need to remind him of the hearing",
    "he sends me reminders of what he did", "stop him", "text me", "can you text me on the 17th",
    "he told me to remind me to pay", "",
]  # fmt: skip


@pytest.mark.parametrize(("value", "texts"), [("yes", YES), ("no", NO), (None, NEITHER)])
def test_found(value, texts):
    wrong = [text for text in texts if (find(text) or (None,))[0] != value]
    assert not wrong


def test_entity_beside_the_others_and_payloads_left_alone():
    message = Message({TEXT: "remind me of it", ENTITIES: [{"entity": "date"}]})
    pressed = Message({TEXT: '/inform{"reminder": "yes"}'})
    ReminderExtractor().process([message, pressed])
    assert [e["entity"] for e in message.get(ENTITIES)] == ["date", "reminder"]
    assert pressed.get(ENTITIES) is None
