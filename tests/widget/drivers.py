"""Drivers for Firefox and WebKit by their own protocols, and the stub server of stub.py on a port.

Firefox uses WebDriver BiDi over a web socket (``--remote-debugging-port``), WebKitGTK the older WebDriver over HTTP
(package ``webkit2gtk-driver``), on a virtual screen of ``Xvfb``.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.widget import stub

TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
BIDI, WEBDRIVER, SCREEN = 9377, 9378, ":97"
WEBKIT = next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))), None)
HAVE = {
    "firefox": bool(shutil.which("firefox-esr") or shutil.which("firefox")),
    "webkit": bool(shutil.which("WebKitWebDriver") and shutil.which("Xvfb") and WEBKIT),
}


class Line:
    """A web socket with the interface that stub.py uses from Playwright."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket, self.heard = socket, lambda frame: None
        self.tasks: set[asyncio.Task[Any]] = set()
        self.out: asyncio.Queue[str] = asyncio.Queue()

    def on_message(self, act: Any) -> None:
        self.heard = act

    def send(self, frame: str) -> None:
        self.out.put_nowait(frame)

    async def pump(self) -> None:
        while True:
            await self.socket.send_str(await self.out.get())

    async def close(self) -> None:
        await self.socket.close()


class Played:
    """The stub server: files of the widget, pages of a host site, the web socket, the Exit button's target."""

    def __init__(self) -> None:
        self.stub, self.asked = stub.Stub(), []
        self.address = ""

    async def start(self) -> Played:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._any)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def _any(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.asked.append(path)
        if path.startswith("/chat/live"):
            return await self._live(request)
        if path in self.stub.host:
            return web.Response(text=self.stub.host[path], content_type="text/html")
        if path == "/left":
            return web.Response(text="<title>Left</title>", content_type="text/html")
        name = "site/home.html" if path == "/" else path.replace("/widget/", "dist/").lstrip("/")
        file = next((f for f in (stub.WIDGET / name, stub.WIDGET / "site" / Path(path).name) if f.is_file()), None)
        if file is None:
            return web.Response(status=204 if path == "/chat/end" else 404)
        text = file.read_text(encoding="utf-8").replace('data-target="#chat"', 'data-target="#chat" data-exit="/left"')
        return web.Response(text=text.replace('"/left"', f'"{self.address}/left"'), content_type=TYPES[file.suffix])

    async def _live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket)
        pump = asyncio.ensure_future(line.pump())
        await self.stub._line(line)  # type: ignore[arg-type]
        async for message in socket:
            line.heard(message.data)
        pump.cancel()
        return socket


class Driver:
    """A page of a browser. ``run`` evaluates an expression; all other methods use it and the keyboard."""

    async def run(self, expression: str) -> Any:
        raise NotImplementedError

    async def open(self, url: str) -> None:
        raise NotImplementedError

    async def actions(self, kind: str, steps: list[dict[str, Any]]) -> None:
        raise NotImplementedError

    async def type(self, text: str) -> None:
        steps = [{"type": way, "value": key} for key in text for way in ("keyDown", "keyUp")]
        await self.actions("key", steps)

    async def click(self, expression: str) -> None:
        """Clicks the centre of the element that ``expression`` returns."""
        spot = await self.run(
            f"(() => {{ const e = {expression}; e.scrollIntoView({{block: 'nearest'}}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )
        move = {"type": "pointerMove", "x": round(spot[0]), "y": round(spot[1]), "origin": "viewport"}
        press = [{"type": way, "button": 0} for way in ("pointerDown", "pointerUp")]
        await self.actions("pointer", [move, *press])

    async def until(self, expression: str, seconds: float = 15) -> Any:
        """Waits until ``expression`` is true."""
        for _ in range(int(seconds * 10)):
            found = await self.run(expression)
            if found:
                return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"never true: {expression}")


class Firefox(Driver):
    async def start(self) -> Firefox:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        exe = shutil.which("firefox-esr") or shutil.which("firefox") or ""
        args = ["--headless", "--no-remote", "--profile", self.folder.name, f"--remote-debugging-port={BIDI}"]
        self.process = await asyncio.create_subprocess_exec(
            exe, *args, "about:blank", stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
        )
        assert self.process.stderr
        while b"WebDriver BiDi listening" not in await asyncio.wait_for(self.process.stderr.readline(), 60):
            pass
        self.numbers, self.answers = itertools.count(1), {}
        self.http = aiohttp.ClientSession()
        self.socket = await self.http.ws_connect(f"ws://127.0.0.1:{BIDI}/session", max_msg_size=0)
        self.reader = asyncio.ensure_future(self._read())
        await self.tell("session.new", {"capabilities": {}})
        self.page = (await self.tell("browsingContext.getTree", {}))["contexts"][0]["context"]
        return self

    async def _read(self) -> None:
        async for message in self.socket:
            data = json.loads(message.data)
            if data.get("id") in self.answers:
                self.answers.pop(data["id"]).set_result(data)

    async def tell(self, method: str, params: dict[str, Any]) -> Any:
        number = next(self.numbers)
        self.answers[number] = waiting = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": number, "method": method, "params": params})
        answer = await asyncio.wait_for(waiting, 60)
        assert answer["type"] == "success", answer
        return answer["result"]

    async def size(self, width: int, height: int) -> None:
        view = {"width": width, "height": height}
        await self.tell("browsingContext.setViewport", {"context": self.page, "viewport": view})

    async def open(self, url: str) -> None:
        await self.tell("browsingContext.navigate", {"context": self.page, "url": url, "wait": "complete"})

    async def run(self, expression: str) -> Any:
        # As JSON, because the protocol serialises values differently.
        source = f"(async () => JSON.stringify((await ({expression})) ?? null))()"
        params = {"expression": source, "target": {"context": self.page}, "awaitPromise": True}
        answer = await self.tell("script.evaluate", params)
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    async def actions(self, kind: str, steps: list[dict[str, Any]]) -> None:
        source = {"type": kind, "id": kind, "actions": steps}
        await self.tell("input.performActions", {"context": self.page, "actions": [source]})

    async def stop(self) -> None:
        self.reader.cancel()
        await self.socket.close()
        await self.http.close()
        self.process.terminate()
        await self.process.wait()
        self.folder.cleanup()


class WebKit(Driver):
    async def start(self) -> WebKit:
        quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
        self.screen = await asyncio.create_subprocess_exec("Xvfb", SCREEN, "-screen", "0", "1600x1100x24", **quiet)
        env = {**os.environ, "DISPLAY": SCREEN, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
        self.process = await asyncio.create_subprocess_exec("WebKitWebDriver", f"--port={WEBDRIVER}", env=env, **quiet)
        await asyncio.sleep(1.5)
        self.http = aiohttp.ClientSession(f"http://127.0.0.1:{WEBDRIVER}")
        options = {"binary": str(WEBKIT), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self.base = ""
        self.base = "/session/" + (await self.tell("/session", wanted))["sessionId"]
        return self

    async def tell(self, path: str, body: dict[str, Any]) -> Any:
        async with self.http.post(self.base + path, json=body) as answer:
            value = (await answer.json())["value"]
        assert not (isinstance(value, dict) and "error" in value), value
        return value

    async def size(self, width: int, height: int) -> None:
        # The window's size includes its frame, which is measured and added.
        await self.tell("/window/rect", {"x": 0, "y": 0, "width": width, "height": height})
        inner = await self.run("[innerWidth, innerHeight]")
        wanted = {"width": 2 * width - inner[0], "height": 2 * height - inner[1]}
        await self.tell("/window/rect", {"x": 0, "y": 0, **wanted})

    async def open(self, url: str) -> None:
        await self.tell("/url", {"url": url})

    async def run(self, expression: str) -> Any:
        source = f"const done = arguments[0]; (async () => done(JSON.stringify((await ({expression})) ?? null)))()"
        return json.loads(await self.tell("/execute/async", {"script": source, "args": []}))

    async def actions(self, kind: str, steps: list[dict[str, Any]]) -> None:
        await self.tell("/actions", {"actions": [{"type": kind, "id": kind, "actions": steps}]})

    async def stop(self) -> None:
        async with self.http.delete(self.base):
            pass
        await self.http.close()
        for process in (self.process, self.screen):
            process.terminate()
            await process.wait()


BROWSERS: dict[str, Any] = {"firefox": Firefox, "webkit": WebKit}


def quoted(text: str) -> str:
    """``text`` as a JavaScript string literal."""
    return json.dumps(re.sub(r"\s+", " ", text))
