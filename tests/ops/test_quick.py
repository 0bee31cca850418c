"""The faster graph runner gives the same results: each component runs once, with the same errors."""

from __future__ import annotations

import asyncio

import dask
import pytest
from aiohttp import web
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner import dask as runner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.utils.endpoints import EndpointConfig

from whichpath.server import quick

CALLS: list[str] = []


class Part(GraphComponent):
    """A component that appends its name to its input."""

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def create(cls, config, model_storage, resource, execution_context):
        return cls(config["name"])

    def work(self, **given: str) -> str:
        CALLS.append(self.name)
        if "broken" in given.values():
            raise ValueError("broken")
        return "".join(given.values()) + self.name


def make(**needs: dict[str, str]) -> runner.DaskGraphRunner:
    nodes = {
        name: SchemaNode(
            needs=need, uses=Part, constructor_name="create", fn="work", config={"name": name}, is_target=True
        )
        for name, need in needs.items()
    }
    return runner.DaskGraphRunner(GraphSchema(nodes), None, ExecutionContext(GraphSchema(nodes)))


@pytest.fixture
def walked(monkeypatch):
    """Installs the runner, and removes it after the test."""
    CALLS.clear()
    monkeypatch.setattr(runner, "dask", dask)
    monkeypatch.setattr(Event, "resolve_by_type", Event.resolve_by_type)
    monkeypatch.setattr(Domain, "empty", Domain.empty)
    monkeypatch.setattr(EndpointConfig, "session", EndpointConfig.session)
    quick.install()
    assert runner.dask is not dask


def test_same_results_and_each_part_once(walked, monkeypatch):
    made = make(a={"x": "word"}, b={"x": "a"}, c={"x": "a", "y": "b"})
    found = made.run(inputs={"word": "w"}, targets=["c", "b"])
    assert sorted(CALLS) == ["a", "b", "c"]
    monkeypatch.setattr(runner, "dask", dask)
    assert found == made.run(inputs={"word": "w"}, targets=["c", "b"]) == {"c": "wawabc", "b": "wab"}


def test_only_what_is_wanted_is_done(walked):
    assert make(a={"x": "word"}, b={"x": "a"}).run(inputs={"word": "w"}, targets=["a"]) == {"a": "wa"}
    assert CALLS == ["a"]


def test_a_fault_comes_out(walked):
    with pytest.raises(GraphComponentException):
        make(a={"x": "word"}).run(inputs={"word": "broken"}, targets=["a"])


def test_events_are_known_by_their_name(walked):
    assert Event.resolve_by_type("slot") is SlotSet and Event.resolve_by_type("user") is UserUttered
    found = Event.from_parameters(SlotSet("state", "OH").as_dict())
    assert isinstance(found, SlotSet) and found.value == "OH"
    with pytest.raises(ValueError, match="nonsense"):
        Event.resolve_by_type("nonsense")


async def test_one_connection_serves_all_calls_and_a_new_one_comes_after_a_restart(walked):
    callers: list[object] = []

    async def answer(request: web.Request) -> web.Response:
        callers.append(request.transport.get_extra_info("peername"))
        return web.json_response({"seen": await request.text()})

    async def serve(port: int) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/webhook", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return runner

    first = await serve(0)
    port = first.addresses[0][1]
    endpoint = EndpointConfig(f"http://127.0.0.1:{port}/webhook")
    for word in ("one", "two"):
        assert await endpoint.request(json={"say": word}) == {"seen": f'{{"say": "{word}"}}'}
    await first.cleanup()
    await asyncio.sleep(0.05)
    second = await serve(port)
    await endpoint.request(json={})
    await endpoint.session().session.close()
    await endpoint.request(json={})  # opened anew
    await endpoint.session().session.close()
    await second.cleanup()
    assert callers[0] == callers[1] != callers[2] != callers[3]


def test_a_session_of_another_loop_is_not_used_again(walked):
    endpoint = EndpointConfig("http://127.0.0.1:1/webhook")

    async def session() -> object:
        found = endpoint.session().session
        await found.close()
        return found

    assert asyncio.run(session()) is not asyncio.run(session())


def test_a_domain_is_known_to_be_empty(walked):
    assert Domain.from_dict({}).is_empty()
    assert not Domain.from_dict({"intents": ["greet"]}).is_empty()
