"""Tunes the sentence encoder on our own training examples: `make encoder` (TensorFlow, ten minutes to half an hour).

Not part of training: the tuned int8 weights are in `whichpath/nlu/text/weights/`, so a new installation needs no
tuning. Run it again after many new training examples, and compare with `make evaluate` before committing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import yaml

from training import augment
from training import build as build_encoder
from training.bert_graph import BertShape
from training.bert_tensorflow import embed, variables
from whichpath.library.topics import GOALS
from whichpath.nlu.danger.head import danger_of
from whichpath.nlu.situation.component import HEADS, known
from whichpath.nlu.text import held_out, neutral, spelling
from whichpath.nlu.text.encoder import WEIGHTS
from whichpath.settings import ROOT

DATA = ROOT / "data" / "nlu"
SEED = 7
UNKNOWN = -1


@dataclass(frozen=True)
class Settings:
    """The hyperparameters with the best result: docs/decisions/0002-understanding.md."""

    epochs: int = 3
    batch: int = 32
    rate: float = 1e-4
    contrast: float = 0.5  # weight of the contrastive loss relative to the classifiers' losses
    temperature: float = 0.1
    max_len: int = 96
    noise: float = 0.35  # proportion of texts with added typing mistakes
    # Weight of the losses of role and of stage relative to the topic's, which is easier.
    who: float = 1.5
    # Weight of the loss of the entry, which decides the answer.
    question: float = 3.0


def examples(folder: Path = DATA) -> tuple[list[str], dict[str, list[str | None]]]:
    """The texts that are not held out, and for each head (intent, danger, role, stage …) their labels or None."""
    texts: list[str] = []
    labels: dict[str, list[str | None]] = {name: [] for name in ("intent", "question", "danger", *HEADS)}
    for path in sorted(folder.rglob("*.yml")):
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu") or []:
            if "intent" not in block:
                continue
            stated = known(block.get("metadata") or {})
            danger = danger_of(block["intent"].partition("/")[0], block.get("metadata") or {})
            for line in block["examples"].splitlines():
                if line.strip().startswith("- ") and not held_out.kept_out(line.strip()[2:]):
                    texts.append(line.strip()[2:].strip())
                    topic, _, entry = block["intent"].partition("/")
                    labels["intent"].append(topic)
                    labels["question"].append(entry or (topic if topic in GOALS else None))
                    labels["danger"].append(danger)
                    for name in HEADS:
                        labels[name].append(stated.get(name))
    return texts, labels


def _numbers(labels: Sequence[str | None]) -> tuple[np.ndarray, int]:
    names = sorted({label for label in labels if label})
    index = {name: i for i, name in enumerate(names)}
    return np.array([index[label] if label else UNKNOWN for label in labels], np.int32), len(names)


class Tuner:
    """The encoder with one linear classifier per head."""

    def __init__(self, weights: dict[str, np.ndarray], sizes: dict[str, int], steps: int, settings: Settings) -> None:
        self._settings = settings
        # Word embeddings are frozen: most words do not occur in our examples and must keep their meaning.
        self.encoder = variables(weights, frozen=("embeddings.word_embeddings",))
        start = tf.keras.initializers.GlorotUniform(seed=SEED)
        shape = BertShape()
        self._heads = {name: tf.Variable(start((shape.hidden, size))) for name, size in sizes.items()}
        schedule = tf.keras.optimizers.schedules.PolynomialDecay(settings.rate, steps, 0.0)
        self._optimizer = tf.keras.optimizers.legacy.Adam(schedule)
        self._head_optimizer = tf.keras.optimizers.legacy.Adam(20 * settings.rate)

    @tf.function(reduce_retracing=True, autograph=False)
    def step(self, ids: tf.Tensor, mask: tf.Tensor, labels: dict[str, tf.Tensor]) -> tf.Tensor:
        """One step of gradient descent; returns the loss."""
        trained = [v for v in self.encoder.values() if isinstance(v, tf.Variable)]
        heads = list(self._heads.values())
        with tf.GradientTape() as tape:
            vectors = embed(self.encoder, ids, mask, BertShape(), dropout=0.1)
            loss = self._settings.contrast * self._contrast(vectors, labels["intent"])
            for name, head in self._heads.items():
                # Vectors have length 1: without the factor, the softmax could not reach high confidence.
                share = {
                    "role": self._settings.who,
                    "stage": self._settings.who,
                    "question": self._settings.question,
                }.get(name, 1.0)
                loss += share * _cross_entropy(20.0 * vectors @ tf.math.l2_normalize(head, axis=0), labels[name])
        gradients = tape.gradient(loss, trained + heads)
        clipped, _ = tf.clip_by_global_norm(gradients[: len(trained)], 1.0)
        self._optimizer.apply_gradients(zip(clipped, trained, strict=True))
        self._head_optimizer.apply_gradients(zip(gradients[len(trained) :], heads, strict=True))
        return loss

    def _contrast(self, vectors: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """The supervised contrastive loss, which groups texts by topic."""
        count = tf.shape(labels)[0]
        others = 1.0 - tf.eye(count)
        same = tf.cast(labels[:, None] == labels[None, :], tf.float32) * others
        scores = vectors @ tf.transpose(vectors) / self._settings.temperature - 1e9 * tf.eye(count)
        likelihood = scores - tf.reduce_logsumexp(scores, axis=1, keepdims=True)
        pairs = tf.reduce_sum(same, axis=1)
        per_text = -tf.reduce_sum(same * likelihood, axis=1) / tf.maximum(pairs, 1.0)
        return tf.reduce_sum(per_text) / tf.maximum(tf.reduce_sum(tf.cast(pairs > 0, tf.float32)), 1.0)


def _cross_entropy(scores: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    labelled = tf.cast(labels != UNKNOWN, tf.float32)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(labels, 0), scores)
    return tf.reduce_sum(labelled * each) / tf.maximum(tf.reduce_sum(labelled), 1.0)


def _batches(texts: Sequence[str], tokenizer: Any, settings: Settings, random: np.random.Generator) -> Iterator[Any]:
    """Yields shuffled batches of texts of similar length."""
    noisy = [augment.noisy(t, random) if random.random() < settings.noise else t for t in texts]
    words = frozenset(w for w in tokenizer.get_vocab() if not w.startswith("##"))
    tokens = [e.ids for e in tokenizer.encode_batch([neutral.canonical(spelling.mend(t, words)) for t in noisy])]
    # Random noise in the sort key varies batches between epochs, with little padding.
    order = np.argsort([len(t) + random.uniform(0, 12) for t in tokens])
    groups = [order[i : i + settings.batch] for i in range(0, len(order), settings.batch)]
    for at in random.permutation(len(groups)):
        rows = groups[at]
        # Lengths are multiples of 8, so that TensorFlow traces the step for fewer shapes.
        width = -(-max(len(tokens[i]) for i in rows) // 8) * 8
        ids = np.zeros((len(rows), width), np.int32)
        for row, i in enumerate(rows):
            ids[row, : len(tokens[i])] = tokens[i]
        lengths = np.array([len(tokens[i]) for i in rows])
        yield rows, ids, (np.arange(width) < lengths[:, None]).astype(np.float32)


def tune(settings: Settings) -> dict[str, np.ndarray]:
    """Returns the tuned weights under their published names."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    tf.random.set_seed(SEED)
    random = np.random.default_rng(SEED)
    source = build_encoder.weights_folder()
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_truncation(settings.max_len)
    tokenizer.no_padding()
    texts, labels = examples()
    numbered = {name: _numbers(values) for name, values in labels.items()}
    steps = settings.epochs * -(-len(texts) // settings.batch)
    sizes = {name: size for name, (_, size) in numbered.items()}
    weights = load_file(source / "model.safetensors")
    tuner = Tuner(weights, sizes, steps, settings)
    started = time.monotonic()
    done = 0
    for epoch in range(settings.epochs):
        losses = []
        for rows, ids, mask in _batches(texts, tokenizer, settings, random):
            batch = {name: tf.constant(values[rows]) for name, (values, _) in numbered.items()}
            losses.append(float(tuner.step(tf.constant(ids), tf.constant(mask), batch)))
            done += 1
            if done % 25 == 0:
                passed = f"{time.monotonic() - started:.0f} s"
                loss = np.mean(losses[-25:])
                print(f"epoch {epoch + 1}/{settings.epochs} step {done}/{steps} loss {loss:.3f} {passed}", flush=True)
    return {**weights, **{name: np.asarray(value) for name, value in tuner.encoder.items()}}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    defaults = Settings()
    for name, value in vars(defaults).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    chosen = vars(parser.parse_args())
    out = chosen.pop("out")
    build_encoder.build(out, weights=tune(Settings(**chosen)))
    held_out.write(examples()[0], out / held_out.FILE.name)
    print(f"{out / 'model.onnx'}  sha256 {build_encoder.sha256(out / 'model.onnx')}")


if __name__ == "__main__":
    main()
