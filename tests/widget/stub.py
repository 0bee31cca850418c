"""A stub of the server inside the browser: our files, and canned answers over the web socket. No bot, no port.

For tests of the page. The bot's answers are tested elsewhere.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Route, WebSocketRoute

from testing.servers import ROOT
from whichpath.pathway.brief import brief

#: Nothing listens there: the stub answers every request. Browsers trust this address like https.
ADDRESS = "http://127.0.0.1:5999"
WIDGET = ROOT / "widget"
_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}

Message = dict[str, Any]

NOTICE = (
    "This is general information, not legal advice. It does not take the place of a lawyer's advice. "
    "Laws vary by state and they change."
)
NOTICE_SHORT = "Information, not legal advice. Laws vary."
GENERAL = (
    "Only if the order or a judge allows it. Many orders allow one visit with the police, for clothes and medicine. If "
    "you go alone, you can be arrested, even if you were invited."
)
LOCAL = "In Florida: the order has a box for this, a visit with an officer."
REFERRAL = """Find a lawyer, free help included:
- Free legal aid in Florida: https://www.floridalawhelp.org/
- Lawyer referral in Florida: https://www.floridabar.org/public/lrs/
- Court self-help in Florida: https://help.flcourts.gov/"""
KNOWN = {"role": "restrained", "stage": "temporary", "matter": "civil_order", "state": "FL"}


def day(ahead: int = 10) -> str:
    """The date so many days from now, ISO 8601."""
    return (dt.date.today() + dt.timedelta(days=ahead)).isoformat()


_READ_ON = day()


def card(**more: Any) -> Message:
    """A legal answer of the greatest length: 90 words before three folds, including a state's line."""
    data = {
        "card": "clothes",
        "question": "clothes",
        "title": "Can I go back to the home for my clothes?",
        "route": "restrained_temporary",
        "legal": True,
        "lead": None,
        "answer": f"{GENERAL} {LOCAL}",
        "local": LOCAL,
        "steps": [
            'Read the order. Look for the words "personal belongings".',
            'Call the police non-emergency line. Ask for a "civil standby": an officer goes with you.',
            "Ask the clerk. They know how you can ask the judge.",
        ],
        "sections": [
            {
                "title": "What happens next",
                "text": "The police give you a day and an hour.\nThe officer stays with you.",
            },
            {"title": "Words to say on the phone", "text": '"There is a court order. I need a civil standby."'},
            {"title": "What you may take", "text": "Only what the order lists:\n- clothes\n- medicine\n- work tools"},
        ],
        "notice": NOTICE,
        "notice_short": NOTICE_SHORT,
        "referral": REFERRAL,
        "reviewed": "2026-11-22",
        "review": "drafted",
        "sources": [
            {"title": "Florida Courts, Injunctions", "url": "https://www.flcourts.gov/x", "page_date": "2020-03-01"}
        ],
        "known": KNOWN,
        "lang": "en",
        **more,
    }
    general = data["answer"].removesuffix(LOCAL).strip()
    data["local"] = LOCAL if data["answer"].endswith(LOCAL) else None
    data["brief"] = brief(data["title"], general, data["steps"], data["local"] or "")
    buttons = [
        {"title": "What happens at the hearing?", "payload": "/ask_hearing"},
        {"title": "What proof do I need?", "payload": "/ask_evidence"},
        {"title": "Do I need a lawyer?", "payload": "/ask_lawyer"},
    ]
    rows = "\n".join(f"{n}. {step}" for n, step in enumerate(data["steps"], 1))
    text = "\n\n".join([data["answer"], rows, NOTICE, REFERRAL])
    return {"text": text, "buttons": buttons, "custom": {"data": data}}


def without_buttons(message: Message) -> Message:
    """The same answer without buttons, for a turn that ends with a question."""
    return {key: value for key, value in message.items() if key != "buttons"}


STATE: Message = {
    "text": "Which state did the order or the case come from? I can add what is known there. You can skip this.",
    "buttons": [{"title": "Skip this", "payload": "/not_sure"}],
    "custom": {"data": {"ask": "state", "known": {"role": "restrained", "stage": "temporary"}, "lang": "en"}},
}
DAY: Message = {
    "text": "What day is your hearing? You can skip this.",
    "buttons": [{"title": "Skip this", "payload": "/not_sure"}],
    "custom": {"data": {"ask": "hearing_date", "known": KNOWN, "lang": "en"}},
}
HOW_FAR: Message = {
    "text": "Is the order final? A final order comes after a hearing.",
    "buttons": [
        {"title": "Not final, or a hearing is coming", "payload": '/inform{"stage": "temporary"}'},
        {"title": "Final, after a hearing", "payload": '/inform{"stage": "final"}'},
        {"title": "I am not sure", "payload": "/not_sure"},
    ],
    "custom": {"data": {"known": {"role": "restrained"}, "lang": "en"}},
}
DANGER: Message = {
    "text": "If you are in danger right now, call 911. If it is not safe to talk, in many places you can text 911.\n"
    "National Domestic Violence Hotline, free, day and night: 1-800-799-7233. Or text START to 88788.\n"
    "If somebody may see this phone, you can close this chat now.",
    "custom": {"data": {"safety": True, "known": KNOWN}},
}
DESPAIR: Message = {
    "text": "I am sorry it is this hard. Please talk to somebody now: call or text 988. It is free, day and night.\n"
    "If you are about to hurt yourself, or somebody else is in danger, call 911.",
    "custom": {"data": {"safety": True}},
}
PLAIN: Message = {"text": "You can ask me about the order, the hearing, or a lawyer. <b>Type it</b> in your own words."}
SPANISH = card(
    lang="es",
    card="ropa",
    title="¿Puedo regresar a la casa por mi ropa?",
    answer="Solo si la orden o un juez lo permite. Muchas órdenes permiten ir con la policía por ropa y medicinas.",
    steps=['Lea la orden. Busque las palabras "personal belongings".', 'Llame a la policía. Pida un "civil standby".'],
)


def hearing() -> Message:
    """The hearing date, as it follows an answer."""
    data = {
        "card": "hearing_date",
        "title": "Your day in court",
        "hearing": day(),
        "calendar": f"{ADDRESS}/calendar/x.ics",
        "known": {**KNOWN, "hearing_date": day()},
    }
    return {"text": "Your day in court is near.", "custom": {"data": data}}


#: Text -> canned answer; any other text gets a card.
ANSWERS: dict[str, list[Message]] = {
    '/inform{"role": "restrained"}': [HOW_FAR],
    '/inform{"stage": "temporary"}': [without_buttons(card(card="path")), STATE],
    "day": [DAY],
    "court": [without_buttons(card(card="court")), hearing()],
    "danger": [DANGER, without_buttons(card(card="home"))],
    "despair": [DESPAIR],
    "plain": [PLAIN],
    "ropa": [SPANISH],
}


class Stub:
    """The stub server of one browser context."""

    def __init__(self) -> None:
        self.heard: list[dict[str, str]] = []
        self.entries: list[dict[str, Any]] = []
        self.lines: list[WebSocketRoute] = []
        self.away = False
        self.mute = False
        self.host: dict[str, str] = {}
        self.organisation: dict[str, Any] = {"name": None}

    async def take(self, context: BrowserContext) -> Stub:
        """Installs the stub in ``context``."""
        await context.route(f"{ADDRESS}/**", self._file)
        await context.route_web_socket("**/chat/live/**", self._line)
        return self

    async def _file(self, route: Route) -> None:
        path = re.sub(r"[?#].*", "", route.request.url.removeprefix(ADDRESS))
        if path in self.host:
            await route.fulfill(body=self.host[path], content_type=_TYPES[".html"])
            return
        if path == "/widget/organisation.json":
            await route.fulfill(json=self.organisation, headers={"Access-Control-Allow-Origin": "*"})
            return
        if path == "/chat/end":
            await route.fulfill(status=204)
            return
        file = WIDGET / ("site/home.html" if path == "/" else path.replace("/widget/", "dist/").lstrip("/"))
        if not file.is_file():
            file = WIDGET / "site" / Path(path).name
        if not file.is_file():
            await route.fulfill(status=404)
            return
        await route.fulfill(body=file.read_text(encoding="utf-8"), content_type=_TYPES[file.suffix])

    async def _line(self, line: WebSocketRoute) -> None:
        if self.away:
            await line.close()
            return
        self.lines.append(line)
        line.on_message(lambda frame: self._read(line, str(frame)))
        line.send('0{"sid":"a","pingInterval":25000,"pingTimeout":20000}')

    def _read(self, line: WebSocketRoute, frame: str) -> None:
        found = re.match(r"42(\d+)(\[.*)", frame, re.DOTALL)
        if frame.startswith("40"):
            line.send('40{"sid":"b"}')
            info = {"session": "a.b.c", "epoch": "e", "reset": True, "entries": self.entries, "open": []}
            self._tell(line, "session", info)
        elif found:
            event, data = json.loads(found[2])
            if event == "erase":
                self.entries.clear()
            line.send(f'43{found[1]}[{{"ok":true}}]')
            if event == "say":
                self._answer(data)

    def _answer(self, question: dict[str, str]) -> None:
        self.heard.append(question)
        self._add({"who": "me", "id": question["id"], "text": question["shown"]})
        if self.mute:
            return
        for line in self.lines:
            self._tell(line, "typing", {"id": question["id"], "on": True})
        text = re.sub(r'"language": "..", ', "", question["text"])
        for message in ANSWERS.get(text, [card()]):
            self.say(message, question["id"])
        for line in self.lines:
            self._tell(line, "typing", {"id": question["id"], "on": False})

    def say(self, message: Message, question_id: str = "") -> None:
        """Sends ``message`` as the bot, as an answer or without a question."""
        # The date is computed now, not on import, because a run may pass midnight.
        fresh = json.loads(json.dumps(message).replace(_READ_ON, day()))
        self._add({"who": "bot", "id": question_id, "message": fresh})

    def _add(self, entry: dict[str, Any]) -> None:
        entry = {"seq": len(self.entries) + 1, **entry}
        self.entries.append(entry)
        for line in self.lines:
            self._tell(line, "entry", entry)

    @staticmethod
    def _tell(line: WebSocketRoute, event: str, data: Any) -> None:
        line.send("42" + json.dumps([event, data]))

    async def cut(self) -> None:
        """Cuts the connection and refuses new ones."""
        self.away = True
        for line in self.lines:
            await line.close()
        self.lines.clear()

    def mend(self) -> None:
        self.away = False
