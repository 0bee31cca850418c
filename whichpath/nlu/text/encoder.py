"""The sentence encoder: one ONNX session per process, and the Rasa component that sets its vectors on messages."""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from whichpath.nlu.text import fingerprint, neutral, spelling
from whichpath.nlu.text.aligned import Aligned
from whichpath.nlu.text.before import together
from whichpath.nlu.text.sentences import Sentence, split

#: Message attribute: the parts of a long message with their vectors (not part of the output).
SENTENCES = "sentences"
#: Message attribute: the vector of the message together with the previous one (not part of the output).
TOGETHER = "together"
#: The weights that `make encoder` tunes on our training examples; part of the repository.
WEIGHTS = Path(__file__).with_name("weights")
#: Most word pieces that are read of a text.
MAX_LEN = 256
_BATCH = 32
_WIDEST = 1.5
#: From so many texts on (training) all cores are used; a message is faster on one.
_MANY = 256
#: From so many word pieces on, a message and its parts are encoded at the same time.
_LONG = 96
_both_cores = ThreadPoolExecutor(2, "encoder")
_CACHE_SIZE = 2048
#: Number of corrected texts in the cache.
_MENDED = 64
#: Files that corrected texts depend on.
_MENDED_BY = (
    "spelling.py", "spelling_words.txt", "spelling_spanish.txt", "neutral.py", "neutral.yml", "aligned.py", "before.py"
)  # fmt: skip


class Encoder:
    """Encodes texts as vectors of length 1. Thread-safe."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # One thread: for a short message, a second one costs more time than it saves.
        options.log_severity_level = 3
        self._folder = folder
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_LEN)
        self._tokenizer.no_padding()
        self._words = frozenset(w for w in self._tokenizer.get_vocab() if not w.startswith("##"))
        self._known: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()
        #: Cached, because the encoder, the n-grams and the cues need it for each message.
        self.aligned = lru_cache(maxsize=_MENDED)(self._aligned)

    @property
    def size(self) -> int:
        """The dimension of the vectors."""
        return int(self._session.get_outputs()[0].shape[1])

    @property
    def digest(self) -> str:
        """A digest of the encoder's files: a classifier works only with the encoder that it was trained on."""
        return fingerprint.of(self._folder / "model.onnx", *(f"text/{name}" for name in _MENDED_BY))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Returns an array (texts x :attr:`size`), one row per text. Recent texts are cached."""
        mended = [self.mend(t) for t in texts]
        with self._lock:
            found = {t: self._known[t] for t in mended if t in self._known}
        missing = list(dict.fromkeys(t for t in mended if t not in found))
        if missing:
            found.update(zip(missing, self._run(missing), strict=True))
            self._remember(found)
        return np.stack([found[t] for t in mended]) if texts else np.zeros((0, self.size), np.float32)

    def mend(self, text: str) -> str:
        """The text as it is encoded: plain quotes, spelling corrected where the encoder does not know a word, and one
        form for both genders.
        """
        return self.aligned(text).text

    def _aligned(self, text: str) -> Aligned:
        """The corrected text, with a mapping to the offsets in ``text``."""
        return neutral.aligned(spelling.aligned(_tidy(text), self._words))

    def knows(self, text: str) -> bool:
        """Whether the vocabulary contains any whole word of ``text``; false for random letters."""
        return any(len(word) > 1 and word in self._words for word in re.findall(r"[^\W\d_]+", self.mend(text).lower()))

    def _remember(self, vectors: dict[str, np.ndarray]) -> None:
        with self._lock:
            self._known.update(vectors)
            while len(self._known) > _CACHE_SIZE:
                self._known.popitem(last=False)

    def _run(self, mended: Sequence[str]) -> np.ndarray:
        tokens = [e.ids for e in self._tokenizer.encode_batch(list(mended))]
        rows = np.empty((len(tokens), self.size), np.float32)

        def fill(batch: list[int]) -> None:
            ids = np.zeros((len(batch), max(len(tokens[i]) for i in batch)), np.int64)
            for row, i in enumerate(batch):
                ids[row, : len(tokens[i])] = tokens[i]
            mask = (np.arange(ids.shape[1]) < np.array([[len(tokens[i])] for i in batch])).astype(np.int64)
            rows[batch] = self._session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0]

        # Texts of equal length share a batch: padding is computed for nothing.
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        if len(tokens) > _MANY:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(fill, _batches(order, tokens)))
        else:
            # One by one: the rounding of an int8 model depends on what else is in the batch. The longest first: the
            # whole of a story takes as long as its parts together.
            each = _both_cores.map if len(tokens) > 1 and sum(map(len, tokens)) > _LONG else map
            list(each(fill, ([i] for i in reversed(order))))
        return rows


def _batches(order: Sequence[int], tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Splits texts sorted by length into batches of similar length, so that a long text does not pad short ones."""
    batch: list[int] = []
    for i in order:
        if batch and (len(batch) == _BATCH or len(tokens[i]) > _WIDEST * len(tokens[batch[0]])):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _tidy(text: str) -> str:
    """Replaces typographic quotes, which would become unknown pieces in "I’m"."""
    return text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')


_encoders: dict[Path | None, Encoder] = {}
_encoders_lock = threading.Lock()


def get_encoder(folder: Path | None = None) -> Encoder:
    """The encoder of this process; `None`: the one of the pipeline."""
    # Without disk access, because it is called several times per message.
    if (ready := _encoders.get(folder)) is not None:
        return ready
    with _encoders_lock:
        if folder not in _encoders:
            _encoders[folder] = Encoder(folder or WEIGHTS)
        return _encoders[folder]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Sets the dense sentence feature of a message, and the vectors of its parts if it has several."""

    @staticmethod
    def required_packages() -> list[str]:
        """The packages that must be importable for this component to run."""
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default configuration."""
        return {**DenseFeaturizer.get_default_config()}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Creates the component; all components of a process share one session."""
        return cls(execution_context.node_name, config)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accepts any configuration: there is nothing to validate."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The encoder's digest: another encoder requires new training."""
        return get_encoder().digest

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the features of messages with a text."""
        self._featurize(messages)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Sets the features of every training example, without parts of long ones."""
        self._featurize(training_data.training_examples, with_parts=False)
        return training_data

    def _featurize(self, messages: list[Message], *, with_parts: bool = True) -> None:
        with_text = [m for m in messages if m.get(TEXT)]
        parts = [split(m.get(TEXT)) if with_parts else [] for m in with_text]
        joined = [(m, whole) for m in with_text if with_parts and (whole := together(m))]
        texts = [m.get(TEXT) for m in with_text] + [p.text for ps in parts if len(ps) > 1 for p in ps]
        texts += [whole for _, whole in joined]
        vectors = iter(get_encoder().encode(texts))
        for message in with_text:
            feature = next(vectors)[np.newaxis]
            alias = self._config[FEATURIZER_CLASS_ALIAS]
            message.add_features(Features(feature, FEATURE_TYPE_SENTENCE, TEXT, alias))
        for message, ps in zip(with_text, parts, strict=True):
            if len(ps) > 1:
                message.set(SENTENCES, [(p, next(vectors)) for p in ps])
        for message, _ in joined:
            message.set(TOGETHER, next(vectors))


def sentence_vector(message: Message) -> np.ndarray | None:
    """The dense sentence feature of a message; None where it has no text."""
    _, sentence = message.get_dense_features(TEXT, [])
    return None if sentence is None else np.asarray(sentence.features)[0]


def sentence_parts(message: Message) -> list[tuple[Sentence, np.ndarray]]:
    """The parts of a long message with their vectors; empty for a short one."""
    return message.get(SENTENCES) or []
