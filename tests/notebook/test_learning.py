"""What a page that learns tells Python: a network with the same bits, and nothing that is not sound."""

from __future__ import annotations

import json
from typing import Any

import pytest

import lernpy
from lernpy import files
from lernpy.errors import LernpyError
from lernpy.notebook.learning import MOST_HEARD, MOST_TEXT, Learning

XOR = lernpy.data.load("xor")


def net(**how: Any) -> lernpy.Network:
    return lernpy.layered([2, 3, 1], **{"seed": 1, **how})


def told(network: lernpy.Network, **more: Any) -> dict[str, Any]:
    return {
        "kind": "stop",
        "epoch": 3,
        "loss": 0.5,
        "file": files.to_text(files.to_json(network)),
        **more,
    }


def bits(network: lernpy.Network) -> list[str]:
    return [weight.value.hex() for weight in network.weights]


def test_its_network_has_the_same_bits_and_the_given_one_stays() -> None:
    given, trained = net(), net(optimizer="adam")
    trained.learn([0.3, 1 / 3], [1])
    learning, before = Learning(given, XOR), bits(given)
    learning.hear(told(trained, where="forward, step 3 of 44"))
    assert bits(learning.network) == bits(trained) and bits(given) == before
    assert [w.memory for w in learning.network.weights] == [w.memory for w in trained.weights]
    assert learning.events == [("stop", 3, 0.5, "forward, step 3 of 44")]


def altered(change: Any) -> str:
    values = files.to_json(net())
    change(values)
    return json.dumps(values)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("stop", "the page told something unknown"),
        ({"kind": "delete", "epoch": 0}, "the page told something unknown"),
        ({"kind": "run", "epoch": 0, "more": 1}, "the page told something unknown"),
        ({"kind": "run", "epoch": -1}, "epoch"),
        ({"kind": "run", "epoch": 1.5}, "epoch"),
        ({"kind": "run", "epoch": 1, "loss": float("inf")}, "loss"),
        ({"kind": "run", "epoch": 1, "where": 5}, "step"),
        (told(net(), file=5), "network"),
        (told(net(), file="{"), "the page's network is no JSON"),
        (told(net(), file="[" * 100_000), "the page's network is no JSON"),
        (told(net(), file="{}"), "format"),
        (told(net(), file=" " * (MOST_TEXT + 1)), "at most 4,000,000 are read"),
        (told(net(), file=altered(lambda f: f["links"][0].update(weight=float("nan")))), "weight"),
        (told(net(), file=altered(lambda f: f["links"][0].update(source="y1"))), "y1"),
        (told(lernpy.layered([2, 80, 80, 1], seed=0)), "at most 5,000 are read"),
    ],
    ids=str,
)
def test_what_is_not_sound_is_refused_in_one_sentence_and_changes_nothing(
    message: Any, says: str
) -> None:
    learning = Learning(net(), XOR)
    before = bits(learning.network)
    with pytest.raises(LernpyError, match=says) as refusal:
        learning.hear(message)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 400
    assert bits(learning.network) == before and learning.events == []


def test_only_the_last_events_are_kept() -> None:
    learning = Learning(net(), XOR)
    for epoch in range(MOST_HEARD + 5):
        learning.hear({"kind": "run", "epoch": epoch})
    assert len(learning.events) == MOST_HEARD and learning.events[-1].epoch == MOST_HEARD + 4


def test_live_hosts_it_and_sends_a_network_to_the_page() -> None:
    pytest.importorskip("anywidget")
    given = net()
    live = lernpy.live(given, XOR, lab=True, batch_size=1)
    sent: list[Any] = []
    live.send = sent.append
    live.network = net(seed=5)
    assert bits(files.from_json(json.loads(sent[0]["file"]))) == bits(net(seed=5))
    live._hear(None, told(net(seed=7)), [])
    assert bits(live.network) == bits(net(seed=7)) and live.events[0].kind == "stop"
    live._hear(None, {"kind": "nonsense"}, [])
    assert sent[1]["news"].startswith("Python refused that: the page told something unknown")
    live.close()


def test_what_is_set_on_the_page_is_no_setting_of_live() -> None:
    with pytest.raises(
        LernpyError, match="takes batch_size and seed, not epochs; the rest is set on"
    ):
        lernpy.live(net(), XOR, lab=True, epochs=5)
