"""Builds a BERT sentence encoder as an ONNX graph with `onnx` and `numpy` only, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

OPSET = 17  # the first version with LayerNormalization
IR_VERSION = 8


@dataclass(frozen=True)
class BertShape:
    """The hyperparameters that cannot be derived from the weights."""

    layers: int = 6
    heads: int = 12
    hidden: int = 384
    epsilon: float = 1e-12


@dataclass
class _Graph:
    """Collects nodes and constants. Every method returns the name of its output."""

    nodes: list[NodeProto] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)

    def op(self, kind: str, *inputs: str, **attributes: object) -> str:
        out = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=out, **attributes))
        return out

    def const(self, name: str, value: np.ndarray) -> str:
        self.constants[name] = value
        return name

    def dense(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """A linear layer; `weight`: (out, in), as in torch."""
        w = self.const(f"{name}.w", np.ascontiguousarray(weight.T))
        return self.op("Add", self.op("MatMul", x, w), self.const(f"{name}.b", bias))

    def norm(self, x: str, name: str, weights: Mapping[str, np.ndarray], epsilon: float) -> str:
        scale = self.const(f"{name}.g", weights[f"{name}.weight"])
        shift = self.const(f"{name}.s", weights[f"{name}.bias"])
        return self.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=epsilon)


def _attention(g: _Graph, x: str, mask: str, weights: Mapping[str, np.ndarray], prefix: str, shape: BertShape) -> str:
    """Self-attention. One matrix product computes query, key and value, which is faster."""
    parts = ("query", "key", "value")
    weight = np.concatenate([weights[f"{prefix}.self.{p}.weight"] for p in parts])
    bias = np.concatenate([weights[f"{prefix}.self.{p}.bias"] for p in parts])
    size = shape.hidden // shape.heads
    # The softmax scale is folded into the query, which saves an operation per layer.
    weight[: shape.hidden] /= np.sqrt(size)
    bias[: shape.hidden] /= np.sqrt(size)
    qkv = g.dense(x, f"{prefix}.qkv", weight, bias)
    qkv = g.op("Reshape", qkv, g.const("split", np.array([0, 0, 3, shape.heads, size], np.int64)))
    qkv = g.op("Transpose", qkv, perm=[2, 0, 3, 1, 4])
    q, k, v = (g.op("Gather", qkv, g.const(f"part{i}", np.array(i, np.int64)), axis=0) for i in range(3))
    scores = g.op("MatMul", q, g.op("Transpose", k, perm=[0, 1, 3, 2]))
    scores = g.op("Softmax", g.op("Add", scores, mask), axis=-1)
    mixed = g.op("Transpose", g.op("MatMul", scores, v), perm=[0, 2, 1, 3])
    mixed = g.op("Reshape", mixed, g.const("merge", np.array([0, 0, shape.hidden], np.int64)))
    out = f"{prefix}.output"
    mixed = g.dense(mixed, f"{out}.dense", weights[f"{out}.dense.weight"], weights[f"{out}.dense.bias"])
    return g.norm(g.op("Add", mixed, x), f"{out}.LayerNorm", weights, shape.epsilon)


def _feed_forward(g: _Graph, x: str, weights: Mapping[str, np.ndarray], prefix: str, shape: BertShape) -> str:
    name = f"{prefix}.intermediate.dense"
    h = g.dense(x, name, weights[f"{name}.weight"], weights[f"{name}.bias"])
    # GELU as basic operations: ONNX Runtime recognises this pattern and fuses it.
    half = g.const("half", np.array(0.5, np.float32))
    one = g.const("one", np.array(1.0, np.float32))
    root = g.const("root2", np.array(np.sqrt(2.0), np.float32))
    h = g.op("Mul", g.op("Mul", h, g.op("Add", g.op("Erf", g.op("Div", h, root)), one)), half)
    name = f"{prefix}.output.dense"
    h = g.dense(h, name, weights[f"{name}.weight"], weights[f"{name}.bias"])
    return g.norm(g.op("Add", h, x), f"{prefix}.output.LayerNorm", weights, shape.epsilon)


def _embeddings(g: _Graph, weights: Mapping[str, np.ndarray], shape: BertShape, max_len: int) -> str:
    words = g.op("Gather", g.const("words", weights["embeddings.word_embeddings.weight"]), "input_ids")
    # There is only one segment, so its embedding is added to the position embeddings.
    places = weights["embeddings.position_embeddings.weight"][:max_len]
    places = places + weights["embeddings.token_type_embeddings.weight"][0]
    length = g.op("Shape", "input_ids", start=1, end=2)
    start = g.const("zero", np.array([0], np.int64))
    axis = g.const("axis", np.array([0], np.int64))
    places_used = g.op("Slice", g.const("places", places.astype(np.float32)), start, length, axis)
    return g.norm(g.op("Add", words, places_used), "embeddings.LayerNorm", weights, shape.epsilon)


def _mean_pool(g: _Graph, x: str, mask: str) -> str:
    """The mean over the tokens without padding, normalised to length 1."""
    wide = g.op("Unsqueeze", mask, g.const("last", np.array([-1], np.int64)))
    middle = g.const("middle", np.array([1], np.int64))
    total = g.op("ReduceSum", g.op("Mul", x, wide), middle, keepdims=0)
    mean = g.op("Div", total, g.op("ReduceSum", wide, middle, keepdims=0))
    return g.op("Div", mean, g.op("ReduceL2", mean, axes=[1], keepdims=1))


def sentence_encoder(weights: Mapping[str, np.ndarray], shape: BertShape, max_len: int) -> ModelProto:
    """Builds the model: `input_ids`, `attention_mask` (int64, batch x length) -> `embedding` (batch x hidden)."""
    g = _Graph()
    mask = g.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden_axes = g.const("heads_axes", np.array([1, 2], np.int64))
    blocked = g.op("Sub", g.op("Unsqueeze", mask, hidden_axes), g.const("one", np.array(1.0, np.float32)))
    blocked = g.op("Mul", blocked, g.const("far", np.array(1e4, np.float32)))
    x = _embeddings(g, weights, shape, max_len)
    for layer in range(shape.layers):
        prefix = f"encoder.layer.{layer}"
        x = _attention(g, x, blocked, weights, f"{prefix}.attention", shape)
        x = _feed_forward(g, x, weights, prefix, shape)
    g.nodes.append(helper.make_node("Identity", [_mean_pool(g, x, mask)], ["embedding"]))
    dims = ["batch", "length"]
    graph = helper.make_graph(
        g.nodes,
        "sentence_encoder",
        [helper.make_tensor_value_info(n, TensorProto.INT64, dims) for n in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", shape.hidden])],
        [numpy_helper.from_array(v.copy(order="C"), k) for k, v in g.constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    checker.check_model(model)
    return model
