"""BERT in TensorFlow, only for tuning. The tuned encoder runs with ONNX: see bert_graph.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from training.bert_graph import BertShape


def variables(weights: Mapping[str, np.ndarray], frozen: Sequence[str]) -> dict[str, tf.Tensor]:
    """The weights as variables under their published names; frozen and unused ones are constants."""
    still = (*frozen, "pooler.", "embeddings.position_ids")
    return {
        name: tf.constant(value) if name.startswith(tuple(still)) else tf.Variable(value, name=name.replace(".", "_"))
        for name, value in weights.items()
    }


def _dense(w: Mapping[str, tf.Tensor], x: tf.Tensor, name: str) -> tf.Tensor:
    return tf.einsum("bli,oi->blo", x, w[f"{name}.weight"]) + w[f"{name}.bias"]


def _norm(w: Mapping[str, tf.Tensor], x: tf.Tensor, name: str, epsilon: float) -> tf.Tensor:
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + epsilon) * w[f"{name}.weight"] + w[f"{name}.bias"]


def _attention(w: Mapping[str, tf.Tensor], x: tf.Tensor, blocked: tf.Tensor, name: str, shape: BertShape) -> tf.Tensor:
    length, size = tf.shape(x)[1], shape.hidden // shape.heads

    def heads(part: str) -> tf.Tensor:
        wide = tf.reshape(_dense(w, x, f"{name}.self.{part}"), [-1, length, shape.heads, size])
        return tf.transpose(wide, [0, 2, 1, 3])

    scores = tf.matmul(heads("query"), heads("key"), transpose_b=True) / np.sqrt(size).astype(np.float32) + blocked
    mixed = tf.transpose(tf.matmul(tf.nn.softmax(scores), heads("value")), [0, 2, 1, 3])
    return _dense(w, tf.reshape(mixed, [-1, length, shape.hidden]), f"{name}.output.dense")


def embed(
    w: Mapping[str, tf.Tensor], ids: tf.Tensor, mask: tf.Tensor, shape: BertShape, dropout: float = 0.0
) -> tf.Tensor:
    """Sentence vectors of length 1 (batch x hidden) of `ids` (batch x length); `mask`: 1.0 for tokens, else 0.0."""

    def drop(x: tf.Tensor) -> tf.Tensor:
        return tf.nn.dropout(x, dropout) if dropout else x

    blocked = (mask[:, None, None, :] - 1.0) * 1e4
    places = w["embeddings.position_embeddings.weight"][: tf.shape(ids)[1]]
    x = (
        tf.gather(w["embeddings.word_embeddings.weight"], ids)
        + places
        + w["embeddings.token_type_embeddings.weight"][0]
    )
    x = drop(_norm(w, x, "embeddings.LayerNorm", shape.epsilon))
    for layer in range(shape.layers):
        name = f"encoder.layer.{layer}"
        mixed = drop(_attention(w, x, blocked, f"{name}.attention", shape))
        x = _norm(w, x + mixed, f"{name}.attention.output.LayerNorm", shape.epsilon)
        wide = tf.nn.gelu(_dense(w, x, f"{name}.intermediate.dense"))
        x = _norm(w, x + drop(_dense(w, wide, f"{name}.output.dense")), f"{name}.output.LayerNorm", shape.epsilon)
    total = tf.reduce_sum(x * mask[:, :, None], axis=1)
    return tf.math.l2_normalize(total / tf.reduce_sum(mask, axis=1, keepdims=True), axis=1)
