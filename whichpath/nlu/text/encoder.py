"""The sentence encoder: one ONNX session per process, and the Rasa component that sets its vectors on messages."""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
#: From so many texts on (training) they are encoded in batches.
_MANY = 256
_both_cores = ThreadPoolExecutor(2, "encoder")
_CACHE_SIZE = 512
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
        # Patterns are kept for each length of text: 15 MB, for no measurable time.
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        self._folder = folder
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_LEN)
        self._tokenizer.no_padding()
        self._words = frozenset(w for w in self._tokenizer.get_vocab() if not w.startswith("##"))
        self._known: OrderedDict[str, Future[np.ndarray]] = OrderedDict()
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
        if not texts:
            return np.zeros((0, self.size), np.float32)
        if len(texts) > _MANY:
            return self._run([self.mend(t) for t in texts])
        return np.stack([vector.result() for vector in self.begin(texts)])

    def begin(self, texts: Sequence[str]) -> list[Future[np.ndarray]]:
        """Encodes in other threads what is not cached; returns at once.

        One by one: the rounding of an int8 model depends on what else is in the batch.
        """
        mended = [self.mend(t) for t in texts]
        with self._lock:
            # The longest first: the whole of a story takes as long as its parts together.
            for text in sorted({t for t in mended if not self._has(t)}, key=len, reverse=True):
                self._known[text] = _both_cores.submit(self._one, text)
            vectors = [self._known[t] for t in mended]
            while len(self._known) > _CACHE_SIZE:
                self._known.popitem(last=False)
        return vectors

    def _has(self, mended: str) -> bool:
        vector = self._known.get(mended)
        return vector is not None and not (vector.done() and vector.exception())

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

    def _one(self, mended: str) -> np.ndarray:
        return self._vectors([self._tokenizer.encode(mended).ids])[0]

    def _run(self, mended: Sequence[str]) -> np.ndarray:
        """The vectors of many texts, on all cores."""
        tokens = [e.ids for e in self._tokenizer.encode_batch(list(mended))]
        rows = np.empty((len(tokens), self.size), np.float32)

        def fill(batch: list[int]) -> None:
            rows[batch] = self._vectors([tokens[i] for i in batch])

        # Texts of equal length share a batch: padding is computed for nothing.
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(fill, _batches(order, tokens)))
        return rows

    def _vectors(self, tokens: Sequence[Sequence[int]]) -> np.ndarray:
        ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
        for row, of_text in zip(ids, tokens, strict=True):
            row[: len(of_text)] = of_text
        mask = (np.arange(ids.shape[1]) < np.array([[len(t)] for t in tokens])).astype(np.int64)
        return self._session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0]


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


def begin(text: str) -> None:
    """Begins to encode a message and its parts, before its turn begins: its vectors are there when they are needed."""
    get_encoder().begin([text, *(part.text for part in _parts(text))])


def _parts(text: str) -> list[Sentence]:
    """The parts of a message; empty where it is one statement."""
    parts = split(text)
    return parts if len(parts) > 1 else []


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
        parts = [_parts(m.get(TEXT)) if with_parts else [] for m in with_text]
        joined = [(m, whole) for m in with_text if with_parts and (whole := together(m))]
        texts = [m.get(TEXT) for m in with_text] + [p.text for ps in parts for p in ps]
        texts += [whole for _, whole in joined]
        vectors = iter(get_encoder().encode(texts))
        for message in with_text:
            feature = next(vectors)[np.newaxis]
            alias = self._config[FEATURIZER_CLASS_ALIAS]
            message.add_features(Features(feature, FEATURE_TYPE_SENTENCE, TEXT, alias))
        for message, ps in zip(with_text, parts, strict=True):
            if ps:
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
