"""Base classes of the pipeline's components: how Rasa creates, loads, stores and fingerprints them.

Written for Rasa 3.6.21 (``rasa.engine.graph.GraphComponent``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.training_data.training_data import TrainingData

from whichpath.nlu.text import fingerprint

M = TypeVar("M")


class Prepared(GraphComponent):
    """A component that reads its data before the first message."""

    @classmethod
    def prepare(cls) -> None:
        """Reads what is needed later, so that the first message is not slow."""


class Listed(Prepared, EntityExtractorMixin):
    """A component with lists and patterns, without training."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Listed:
        """Creates the component and reads its lists."""
        cls.prepare()
        return cls()


class Trained(Prepared, Generic[M]):
    """A component with a trained model that is stored as plain files."""

    #: The default configuration.
    DEFAULTS: ClassVar[dict[str, Any]] = {}
    #: Files that a trained model depends on besides the component's source, relative to ``whichpath/nlu``.
    MADE_OF: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage | None = None,
        resource: Resource | None = None,
        model: M | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def get_default_config(cls) -> dict[str, Any]:  # type: ignore[override]
        """The component's default configuration."""
        return dict(cls.DEFAULTS)

    @staticmethod
    def required_packages() -> list[str]:
        """The packages that must be importable for this component to run."""
        return ["sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """A digest of the files in ``MADE_OF`` and of this file, for Rasa's training cache."""
        return fingerprint.of("text/component.py", *cls.MADE_OF)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Trained[M]:
        """Creates an untrained component."""
        cls.prepare()
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Trained[M]:
        """Loads a trained component."""
        cls.prepare()
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, cls.read(folder, config))

    @classmethod
    def read(cls, folder: Path, config: dict[str, Any]) -> M | None:
        """Reads the model in ``folder``; ``None`` where none was trained."""
        raise NotImplementedError

    def write(self, folder: Path) -> None:
        """Writes the model into ``folder``."""
        self._model.save(folder)  # type: ignore[union-attr]

    def store(self, model: M) -> Resource:
        """Keeps and stores a newly trained model."""
        assert self._model_storage is not None
        assert self._resource is not None
        self._model = model
        with self._model_storage.write_to(self._resource) as folder:
            self.write(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Returns the examples unchanged: later components must not learn from predictions on training data."""
        return training_data
