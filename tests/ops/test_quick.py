"""The faster graph runner gives the same results: each component runs once, with the same errors."""

from __future__ import annotations

import dask
import pytest
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner import dask as runner
from rasa.shared.core.events import Event, SlotSet, UserUttered

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
