"""The sentence encoder and the features of messages."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from training import augment
from training import build as build_encoder
from whichpath.nlu.text.encoder import SENTENCES, SentenceEncoder, begin, get_encoder, sentence_parts, sentence_vector
from whichpath.nlu.text.sentences import split


def test_vectors_have_length_one_and_do_not_depend_on_company() -> None:
    texts = ["how do i drop my restraining order", "hello", "He filed on me. " * 40]
    together = get_encoder().encode(texts)
    alone = get_encoder().encode(texts[:1])
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-3)
    assert np.allclose(together[0], alone[0], atol=1e-3)


def test_same_question_in_other_words_is_nearer_than_another_question() -> None:
    one, same, other = get_encoder().encode(
        ["how do i cancel the order i filed", "I want to drop the protective order I asked for", "can i keep my guns"]
    )
    assert one @ same > one @ other + 0.1


def test_typographic_quotes_change_nothing() -> None:
    curly, straight = get_encoder().encode(["I’m served", "I'm served"])
    assert np.allclose(curly, straight)


def test_no_text_gives_no_rows() -> None:
    assert get_encoder().encode([]).shape == (0, get_encoder().size)


def test_one_session_per_process() -> None:
    assert get_encoder() is get_encoder()


def test_component_sets_the_feature_and_the_parts() -> None:
    component = SentenceEncoder("encoder", SentenceEncoder.get_default_config())
    long = Message({TEXT: "My ex filed an order on me last week. I never touched her. Do I need a lawyer?"})
    short, empty = Message({TEXT: "hello"}), Message({})
    component.process([long, short, empty])
    assert sentence_vector(long) is not None
    assert [part.text for part, _ in sentence_parts(long)][-1] == "Do I need a lawyer?"
    assert sentence_parts(short) == []
    assert sentence_vector(empty) is None
    assert "sentences" not in long.as_dict(only_output_properties=True)


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(build_encoder, "weights_folder", lambda: tmp_path)
    with pytest.raises(RuntimeError, match="not the published"):
        build_encoder.published_weights()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("hello", 1),
        ("He filed. I was served on Monday. Can I go home?", 2),  # a part of two words is joined to its neighbour
        ("I filed vs. my ex", 1),
        ("can I keep my guns, can I see my kids and do I have to go", 3),
        ("I want to know how, when and where", 1),
        ("first thing here\nsecond thing here", 2),
        ("", 0),
    ],
)
def test_splitting(text: str, parts: int) -> None:
    found = split(text)
    assert len(found) == parts
    assert all(text[p.start : p.end] == p.text for p in found)


def test_a_long_run_on_text_is_cut_where_a_new_thought_starts() -> None:
    text = (
        "so my ex got an order on me in march after we split up and i was served at my job in front of everyone "
        "but i never did anything to her and now i want to know what do i bring to the hearing"
    )
    assert len(split(text)) > 1


def test_noise_is_repeatable_and_keeps_the_words_recognisable() -> None:
    text = "My girlfriend filed a restraining order against me, what should I do?"
    first, second = (augment.noisy(text, np.random.default_rng(3)) for _ in range(2))
    assert first == second
    assert len(first.split()) >= len(text.split()) - 3


def test_a_vector_does_not_depend_on_what_is_encoded_beside_it():
    encoder = get_encoder()
    texts = [
        "he called me yesterday",
        "there is an order against me",
        "may i call him back, we have a daughter together",
    ]
    encoder._known.clear()
    together = encoder.encode(texts)
    encoder._known.clear()
    assert np.array_equal(together, np.concatenate([encoder.encode([text]) for text in texts]))


def test_what_was_begun_is_not_encoded_again(monkeypatch):
    encoder = get_encoder()
    encoder._known.clear()
    seen: list[str] = []
    original = encoder._one
    monkeypatch.setattr(encoder, "_one", lambda text: (seen.append(text), original(text))[1])
    text = "He filed an order against me. Can I go back for my tools?"
    begin(text)
    message = Message({TEXT: text})
    SentenceEncoder("encoder", SentenceEncoder.get_default_config()).process([message])
    assert len(seen) == 3 == len(set(seen))
    assert [part.text for part, _ in message.get(SENTENCES)] == text.replace(". ", ".|").split("|")


def test_a_vector_that_failed_is_tried_again(monkeypatch):
    encoder = get_encoder()
    encoder._known.clear()
    with monkeypatch.context() as broken:
        broken.setattr(encoder, "_one", lambda _text: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            encoder.encode(["can i call him"])
    assert encoder.encode(["can i call him"]).shape == (1, encoder.size)
