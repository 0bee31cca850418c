"""The turn guard: every message gets an answer in time, and a failed action is never reported as done.

Rasa skips an action that fails and continues with the next step of the rule, as if it had worked; it waits 300 s for
one that hangs; without a database it starts every turn as a new conversation. :func:`install` patches Rasa,
:func:`take_turn` is how channels pass a message to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from whichpath.channels.guards import action_reply, before, counts, danger, insights, load
from whichpath.channels.guards.inbound import read
from whichpath.channels.output import Message, TurnOutput, data_of
from whichpath.library.phrases import load_phrases
from whichpath.nlu.text import encoder
from whichpath.patched import written_for
from whichpath.settings import read_settings

logger = logging.getLogger(__name__)
Handler = Callable[[UserMessage], Awaitable[Any]]

#: Seconds that the actions of one turn may take together.
LIMIT = read_settings().turn_seconds
#: Further seconds that the channel waits for the answer and for the turn to be stored.
GRACE = 2.0
#: Of :data:`LIMIT`, what a message may wait for its turn to begin.
WAIT = LIMIT * 0.75
#: Least seconds for an action, however late in the turn it starts.
LEAST = 0.5

#: Turns that continue after the caller has gone (the event loop itself keeps weak references only).
_running: set[asyncio.Task[Any]] = set()


class ActionFailed(BaseException):
    """An action raised or took too long.

    Not an ``Exception``: Rasa catches those around an action and continues as if it had worked.
    """


class _Guarded:
    """An action whose failure is not swallowed. All but :meth:`run` is delegated."""

    def __init__(self, action: Action, seconds: float) -> None:
        self._action = action
        self._seconds = seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    async def run(self, *args: Any) -> Any:
        """As :meth:`rasa.core.actions.action.Action.run`, in bounded time."""
        try:
            return await asyncio.wait_for(self._action.run(*args), self._seconds)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            # Type and name alone: the text of the error may hold what the person wrote.
            logger.error("action %s failed: %s", self._action.name(), type(error).__name__)
            raise ActionFailed from None


def _seconds_left(output: OutputChannel) -> float:
    if not isinstance(output, TurnOutput):
        return LIMIT
    now = asyncio.get_running_loop().time()
    if output.deadline is None:
        output.deadline = now + LIMIT
    return max(LEAST, output.deadline - now)


async def _run_action(
    self: MessageProcessor,
    action: Action,
    tracker: DialogueStateTracker,
    output_channel: OutputChannel,
    nlg: Any,
    prediction: Any,
) -> bool:
    counts.note(tracker)
    guarded = _Guarded(action, _seconds_left(output_channel))
    try:
        return await _original_run_action(self, guarded, tracker, output_channel, nlg, prediction)
    except ActionFailed:
        await _say_unavailable(tracker, output_channel)
        # The turn ends here. What was open (a form, a question) stays open; no later step says "done".
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        return False


async def _say_unavailable(tracker: DialogueStateTracker, output: OutputChannel) -> None:
    """At most once a turn; not after danger help, which holds the numbers already."""
    if isinstance(output, TurnOutput):
        if output.failed or output.safe:
            return
        output.failed = True
    message = load_phrases().unavailable.message()
    tracker.update(BotUttered(str(message["text"]), {"custom": message["custom"]}))
    await output.send_response(tracker.sender_id, dict(message))


async def _handle_message(self: MessageProcessor, message: UserMessage) -> Any:
    if isinstance(message.output_channel, TurnOutput) and message.output_channel.again:
        # Under the conversation's lock: another process with this turn has stored it by now, or never will.
        said = said_to(await self.tracker_store.retrieve(message.sender_id), message.message_id)
        if said:
            message.output_channel.messages.extend(said)
            return None
    if message.text and not message.text.startswith("/"):
        # In other threads, while this one reads the conversation.
        encoder.begin(message.text)
    result = await _original_handle_message(self, message)
    if isinstance(message.output_channel, TurnOutput) and message.output_channel.erase:
        # Still under the conversation's lock: no other turn of this person writes in between.
        await erase(self.tracker_store, message.sender_id)
    return result


def said_to(tracker: DialogueStateTracker | None, message_id: str | None) -> list[Message] | None:
    """What the bot said to the last message in ``tracker``, where that is ``message_id``."""
    messages: list[Message] = []
    for event in reversed(list(tracker.events) if tracker is not None else []):
        if isinstance(event, BotUttered):
            parts = {"text": event.text, **(event.data or {})}
            messages.insert(0, {name: value for name, value in parts.items() if value})
        elif isinstance(event, UserUttered):
            return messages if event.message_id == message_id and messages else None
    return None


async def erase(store: TrackerStore, sender_id: str) -> None:
    """Deletes everything kept of a conversation."""
    if isinstance(store, InMemoryTrackerStore):
        store.store.pop(sender_id, None)
    else:
        await store.erase(sender_id)  # type: ignore[attr-defined]


def _plain_store(store: TrackerStore | None, domain: Any) -> TrackerStore:
    """Without Rasa's fail-safe wrapper: it answers a failed read with "no such conversation"."""
    if store is None:
        return InMemoryTrackerStore(domain)
    store.domain = domain
    return store


_original_run_action = MessageProcessor._run_action
_original_handle_message = MessageProcessor.handle_message


def install() -> None:
    """Patches Rasa. Every channel calls it; idempotent."""
    written_for("rasa")
    MessageProcessor._run_action = _run_action  # type: ignore[method-assign]
    MessageProcessor.handle_message = _handle_message  # type: ignore[method-assign]
    Agent._create_tracker_store = staticmethod(_plain_store)  # type: ignore[method-assign]
    RemoteAction._validate_action_result = action_reply.check  # type: ignore[method-assign]
    before.install()


async def take_turn(
    handle: Handler,
    text: str,
    sender_id: str,
    channel: str,
    message_id: str | None = None,
    again: bool = False,
    arrived: float | None = None,
) -> list[Message]:
    """Passes one sanitised message to Rasa; returns the answer, never empty and never after the time limit.

    The turn continues if the caller hangs up, so that nothing the person said is lost. ``message_id`` is stored with
    the message, so that it is known after a crash whether it was processed; ``again``: another process may have run
    this turn already; its answer is returned then. The time that the message has waited since it ``arrived`` (of the
    loop's clock) counts.
    """
    output = TurnOutput(channel, again)
    now = asyncio.get_running_loop().time()
    output.deadline = (now if arrived is None else arrived) + LIMIT
    message = UserMessage(text, output, sender_id, input_channel=channel, message_id=message_id)
    task: asyncio.Task[Any] = asyncio.ensure_future(handle(message))
    _running.add(task)
    task.add_done_callback(_finished)
    await asyncio.wait({task}, timeout=max(LEAST, output.deadline - now) + GRACE)
    unavailable = load_phrases().unavailable.message()
    if not task.done():
        logger.error("turn not done in time")
        return [*(m for m in output.messages if data_of(m).get("safety")), unavailable]
    if task.cancelled() or task.exception() is not None:
        # Possibly nothing was stored, so the answer must not be shown. Danger help is sent in any case.
        return [*(m for m in output.messages if data_of(m).get("safety")), unavailable]
    return output.messages or [unavailable]


def _finished(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        logger.error("turn failed: %s", type(task.exception()).__name__)


async def reply_to(
    handle: Handler,
    raw: str,
    sender_id: str,
    channel: str,
    message_id: str | None = None,
    again: bool = False,
    arrived: float | None = None,
) -> list[Message]:
    """Takes a message through all guards: raw text in, messages out (at least one).

    ``arrived`` (of the loop's clock) is when the person began to wait: now, where it is left out.
    """
    inbound = read(raw)
    phrases = load_phrases()
    if inbound.text is None:
        return [dict(phrases.empty.message())]
    urgent = None if inbound.pressed else danger.help_for(raw)
    arrived = asyncio.get_running_loop().time() if arrived is None else arrived
    with counts.taking(channel, inbound.found) as taken:
        try:
            if urgent and load.room.expected() > load.DANGER_WAITS:
                raise load.Busy
            async with load.room.place(arrived + WAIT):
                messages = await take_turn(handle, inbound.text, sender_id, channel, message_id, again, arrived)
        except load.Busy:
            messages = [urgent or dict(phrases.busy.message())]
            counts.put_off(taken, bool(urgent))
            return messages
    unavailable = phrases.unavailable.text in (m.get("text") for m in messages)
    if urgent and unavailable and not any(data_of(m).get("safety") for m in messages):
        messages = [urgent, *messages]
    counts.answered(taken, messages, unavailable=unavailable)
    if insights.keep(taken, sender_id):
        messages = [*messages, dict(phrases.kept.message())]
    return [dict(phrases.too_long.message()), *messages] if inbound.cut else messages
