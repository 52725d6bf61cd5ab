"""Traces as files: what is written comes back; what is broken is refused in one clear line."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded import every_number, some_network, some_samples

import lernpy
from lernpy import LernpyError, Trace, slow_motion
from lernpy.errors import FileFormatError
from lernpy.player.sheet import sheet

FORMAT = Path(lernpy.__file__).parent / "watch" / "FORMAT.md"


def all_moments(trace: Trace) -> list[dict[str, Any]]:
    recording = trace.recording()
    found = []
    for position in range(1, len(trace) + 1):
        recording.seek(position)
        found.append(every_number(recording.network))
    return found


@pytest.mark.parametrize("seed", range(30))
def test_a_trace_comes_back_from_its_file_to_the_last_bit(seed: int, tmp_path: Path) -> None:
    network = some_network(seed)
    network.learn(*(a[0] for a in some_samples(network, seed + 100)))
    how = {"batch_size": 2} if seed % 3 == 0 else {}
    inputs, targets = some_samples(network, seed)
    trace = Trace.record(slow_motion(network, inputs, targets, **how), title=f"number {seed}")
    path = tmp_path / "t.json"
    trace.save(path, dtype="float64")
    loaded = Trace.load(path)
    assert (loaded.network, loaded.cursor, len(loaded)) == (None, 0, len(trace))
    assert all_moments(loaded) == all_moments(trace)
    assert loaded.to_json(dtype="float64") == trace.to_json(dtype="float64")
    assert [str(step) for step in loaded.steps()] == [str(step) for step in trace.steps()]


@pytest.mark.parametrize("seed", range(25))
def test_float32_is_enough_to_find_the_way(seed: int, tmp_path: Path) -> None:
    network = some_network(seed)
    trace = Trace.record(slow_motion(network, *some_samples(network, seed)))
    trace.save(tmp_path / "t.json.gz", dtype="float32", detail=[2])
    loaded = Trace.load(tmp_path / "t.json.gz")
    assert len(loaded) == len(trace)


@pytest.mark.parametrize("seed", range(25))
def test_edits_and_broken_off_lessons_are_in_the_file(seed: int, tmp_path: Path) -> None:
    network = some_network(seed)
    rng = np.random.default_rng(seed)
    inputs, targets = some_samples(network, seed)
    trace = Trace.record(slow_motion(network, inputs, targets))
    trace.goto(int(rng.integers(1, len(trace))))
    network.weights[0].value += 0.5
    network.weights[-1].freeze()
    network.learning_rate = 0.02
    for _ in range(rng.integers(0, 30)):
        trace.forward()
    network.optimizer = "sgd"
    network.l2 = 0.5
    if seed % 2:
        trace.extend(slow_motion(network, inputs[0], targets[0]))
        trace.back("generation")
        network.weights[0].value = 0.25
        network.weights[0].rule = network.weights[0].rule._replace(low=-2.0, rate=0.5)
        trace.forward()
    trace.save(tmp_path / "t.json", dtype="float64")
    loaded = Trace.load(tmp_path / "t.json")
    assert len(loaded) == len(trace)
    assert loaded.edits == trace.edits
    assert all_moments(loaded) == all_moments(trace)


@pytest.mark.parametrize("seed", range(25))
def test_batches_broken_off_anywhere_are_in_the_file(seed: int, tmp_path: Path) -> None:
    network = some_network(seed)
    rng = np.random.default_rng(seed)
    inputs, targets = some_samples(network, seed, 5)
    trace = Trace.record(slow_motion(network, inputs, targets, batch_size=3))
    for batch_size in (2, None, 4):
        trace.goto(int(rng.integers(1, len(trace))))
        trace.extend(slow_motion(network, inputs, targets, batch_size=batch_size))
    trace.goto(int(rng.integers(1, len(trace))))
    network.weights[0].value += 0.1
    assert trace.step is not None
    trace.save(tmp_path / "t.json", dtype="float64")
    loaded = Trace.load(tmp_path / "t.json")
    assert all_moments(loaded) == all_moments(trace)
    assert loaded.to_json(dtype="float64") == trace.to_json(dtype="float64")


def numbers(block: dict[str, Any]) -> np.ndarray:
    kind = {"float32": "<f4", "float64": "<f8", "uint8": "u1"}[block["dtype"]]
    array = np.frombuffer(base64.b64decode(block["data"]), kind).reshape(block["shape"])
    return array / block["scale"] if "scale" in block else array


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_the_document_says_holds_for_the_numbers(dtype: str) -> None:
    """Recomputed from FORMAT.md alone: sums, slopes, steps, the order of the parts."""
    network = lernpy.layered([2, 3, 2], activation="tanh", seed=3)
    inputs, targets = some_samples(network, 0, 4)
    trace = Trace.record(slow_motion(network, inputs, targets, epochs=2))
    file = trace.to_json(dtype=dtype, detail=6)
    tolerance = 1e-12 if dtype == "float64" else 1e-6
    wires, samples, detail = file["network"], file["samples"], file["detail"]
    links = [
        (a, b)
        for u, nu, v, nv in wires["links"]
        for a in range(u, u + nu)
        for b in range(v, v + nv)
    ]
    assert len(links) == wires["n_links"] == wires["n_weights"] == 17
    names = wires["names"]
    assert [(names[a], names[b]) for a, b in links] == list(network.links)
    column = {neuron: place for place, neuron in enumerate(samples["recorded"])}
    weights = numbers(wires["weights"]).copy()
    for sample in range(8):
        fed = dict(zip(wires["inputs"], numbers(samples["inputs"])[sample], strict=True))
        z, s = (numbers(samples[name])[sample] for name in ("total_input", "sensitivity"))
        hidden = np.arange(5) < 3  # these three tanh, the two outputs sigmoid
        y = np.where(hidden, np.tanh(z), 1 / (1 + np.exp(-z)))
        d = s * np.where(hidden, 1 - y**2, y * (1 - y))
        if dtype == "float64":
            assert y == pytest.approx(numbers(samples["output"])[sample], abs=tolerance)
            assert d == pytest.approx(numbers(samples["delta"])[sample], abs=tolerance)
        else:
            assert samples["output"] is samples["delta"] is None
        output = {
            **fed,
            **dict.fromkeys(wires["biases"], 1.0),
            **{neuron: y[place] for neuron, place in column.items()},
        }
        delta = {neuron: d[place] for neuron, place in column.items()}
        for neuron, c in column.items():
            signals = [
                w * output[a] for (a, b), w in zip(links, weights, strict=True) if b == neuron
            ]
            assert sum(signals) == pytest.approx(
                numbers(samples["total_input"])[sample, c], abs=tolerance
            )
            blames = [w * delta[b] for (a, b), w in zip(links, weights, strict=True) if a == neuron]
            asked = 0.0
            if neuron in wires["outputs"]:
                asked = (
                    output[neuron]
                    - numbers(samples["targets"])[sample, wires["outputs"].index(neuron)]
                )
            got = numbers(samples["sensitivity"])[sample, c]
            assert sum(blames) + asked == pytest.approx(got, abs=tolerance)
        steps = np.array([-samples["rate"] * output[a] * delta[b] for a, b in links])
        if sample in detail["samples"]:
            recorded = numbers(detail["steps"])[detail["samples"].index(sample)]
            assert recorded == pytest.approx(steps, abs=tolerance)
        weights += steps
    assert weights == pytest.approx([w.value for w in network.weights], abs=10 * tolerance)
    size = 2 + 2 * len(network.order) + 1 + 1
    assert len(trace) == 8 * size
    assert samples["epochs"] == [[4, 2]]


def test_the_example_in_the_document_is_a_trace_and_what_we_write() -> None:
    text = FORMAT.read_text(encoding="utf-8")
    example = json.loads(re.findall(r"```json\n(.*?)```", text, re.S)[-1])
    trace = Trace.from_json(example)
    assert [step.index for step in trace.steps()] == list(range(1, 37))
    trace.goto(18)
    assert trace.frame.weights[2] == -0.5
    ours = trace.to_json()
    ours["versions"] = example["versions"]
    assert ours == example


def test_sizes_are_what_was_promised() -> None:
    xor = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    for sizes in ([2, 2, 1], [2, 3, 1]):
        net = lernpy.layered(sizes, seed=0)
        small = Trace.record(slow_motion(net, *xor, epochs=100)).to_json()
        assert len(json.dumps(small)) < 25_000
    net = lernpy.layered([784, 30, 10], seed=0, output_activation="softmax", loss="cross_entropy")
    rng = np.random.default_rng(0)
    images = np.where(rng.random((20, 784)) < 0.2, rng.integers(0, 256, (20, 784)), 0) / 255
    lesson = slow_motion(net, images, np.eye(10)[rng.integers(0, 10, 20)])
    large = Trace.record(lesson).to_json()
    assert len(json.dumps(large)) < 220_000
    assert large["samples"]["inputs"]["dtype"] == "uint8"
    assert (numbers(large["samples"]["inputs"]) == images).all()
    assert large["detail"]["updates"] == "derived"


def test_other_optimisers_record_every_step_and_where_the_weights_stood() -> None:
    net = lernpy.layered([2, 2, 1], seed=0, optimizer="adam")
    trace = Trace.record(slow_motion(net, [[0, 1]] * 6, [[1]] * 6))
    file = trace.to_json(detail=[3, 5], dtype="float64")
    stood = numbers(file["detail"]["weights_at"])
    moved = numbers(file["detail"]["steps"])
    for row, sample in enumerate([2, 4]):
        start = trace.stops("sample")[sample]
        trace.goto(start)
        assert stood[row].tolist() == [w.value for w in net.weights]
        trace.forward("sample")
        assert stood[row] + moved[row] == pytest.approx([w.value for w in net.weights], abs=1e-15)


def test_notes_gates_breakpoints_image_and_classes_travel_along(tmp_path: Path) -> None:
    net = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(net, [0.05, 0.1], [0.01, 0.99]), title="two-two-two <b>")
    trace.say("What will the loss be?", at=0)
    trace.ask("y1", "delta", question="Which sign?")
    trace.ask("h1 -> y1", "step", "number", tolerance=0.1)
    trace.ask("h1 -> y1", "blame", "compare", than="h1->y2")
    trace.ask("", "loss", "number")
    assert [gate["at"] for gate in trace.gates] == [21, 23, 27, 41]  # before either of two
    assert trace.gates[1] == {
        "at": 23, "kind": "sign", "question": "Which sign?",
        "of": {"neuron": 4, "quantity": "delta"},
    }  # fmt: skip
    trace.breakpoints = ["sign-flip", "h1"]
    trace.image, trace.classes = (1, 2), ("no", "yes")
    trace.positions = [(0.5, 0.25)] * 7
    trace.save(tmp_path / "t.json")
    loaded = Trace.load(tmp_path / "t.json")
    for name in ("title", "script", "gates", "breakpoints", "image", "classes", "positions"):
        assert getattr(loaded, name) == getattr(trace, name), name


def test_questions_stand_just_before_the_answer() -> None:
    """At the gate's position the number is not known, one step later it is."""
    network = some_network(4)
    inputs, targets = some_samples(network, 4, 2)
    trace = Trace.record(slow_motion(network, inputs, targets))
    for name in network.neurons:
        for quantity in ("output", "sensitivity", "delta"):
            trace.gates.clear()
            trace.ask(name, quantity, sample=2)
            at = trace.gates[0]["at"]
            before, after = trace.frames([at, at + 1])
            assert not before.known[quantity][before.index(name)]
            assert after.known[quantity][after.index(name)]
    for place, (start, end) in enumerate(network.links):
        for quantity in ("signal", "blame"):
            trace.gates.clear()
            trace.ask(f"{start} -> {end}", quantity, sample=2)
            assert trace.gates[0]["of"] == {"link": place, "quantity": quantity}
            before, after = trace.frames([trace.gates[0]["at"], trace.gates[0]["at"] + 1])
            assert not before.known[quantity][place]
            assert after.known[quantity][place]


@pytest.mark.parametrize(
    ("arguments", "how", "message"),
    [
        (("h9", "delta"), {}, "no neuron is called 'h9'"),
        (("h1", "blame"), {}, "a neuron has no 'blame'. It has: total_input"),
        (("h1->y1", "delta"), {}, "a link has no 'delta'. It has: signal, blame, gradient, value"),
        (("h1", "delta", "guess"), {}, "one of sign, number, compare, not 'guess'"),
        (("h1", "delta", "compare"), {}, "name the other part with than="),
        (("h1", "delta"), {"sample": 4}, "the number of a sample is 4; it must be at most 1"),
    ],
)
def test_questions_that_cannot_be_asked(arguments: Any, how: Any, message: str) -> None:
    net = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(net, [0.05, 0.1], [0.01, 0.99]))
    with pytest.raises(LernpyError, match=re.escape(message)):
        trace.ask(*arguments, **how)


def test_notes_and_breakpoints_are_checked_when_they_are_written() -> None:
    net = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(net, [0.05, 0.1], [0.01, 0.99]))
    trace.script = [{"at": 99, "say": "never"}]
    with pytest.raises(LernpyError, match=r"the trace.script\[0\].at is 99; a whole number from 0"):
        trace.to_json()
    trace.script, trace.breakpoints = [], ["h7"]
    with pytest.raises(LernpyError, match="no part of the network and no condition is called 'h7'"):
        trace.to_json()


def test_nothing_to_write_and_no_place_to_write_it(tmp_path: Path) -> None:
    net = lernpy.build.by_hand()
    with pytest.raises(LernpyError, match="nothing is recorded yet"):
        Trace(net).save(tmp_path / "t.json")
    trace = Trace.record(slow_motion(net, [1], [1]))
    with pytest.raises(LernpyError, match=r"the folder .* does not exist"):
        trace.save(tmp_path / "none" / "t.json")
    with pytest.raises(LernpyError, match="the number of a sample is 7; it must be at most 1"):
        trace.to_json(detail=[7])
    with pytest.raises(LernpyError, match="float32 or float64, not 'half'"):
        trace.to_json(dtype="half")


# ---- files from strangers -----------------------------------------------------------------------


def good() -> dict[str, Any]:
    edges = [
        ("x", "a", 1.0),
        ("x", "b", 2.0),
        ("a", "y", 0.5),
        ("b", "y", -1.0),
        ("bias", "y", 0.1),
    ]
    net = lernpy.from_edges(
        edges, ["x"], ["a", "b", "y"], softmax=[["a", "b"]], optimizer="momentum"
    )
    net.learn([1], [0, 1, 0.5])
    trace = Trace.record(slow_motion(net, [[1], [0.5]], [[0, 1, 0.3]] * 2))
    trace.goto(9)
    net.weights[0].value = 0.75
    trace.goto(-1)
    trace.goto(40)
    trace.script = [{"at": 1, "say": "now"}]
    trace.gates = [{"at": 1, "kind": "sign", "question": "?", "of": {"quantity": "loss"}}]
    return trace.to_json()


GOOD = good()


def put(path: str, value: Any) -> Any:
    """A good trace with one thing replaced; a path like "samples.count"."""
    content = copy.deepcopy(GOOD)
    *way, last = path.split(".")
    inner = content
    for key in way:
        inner = inner[int(key)] if isinstance(inner, list) else inner[key]
    inner[int(last) if isinstance(inner, list) else last] = value
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "t.json is an empty list; an object belongs here"),
        ({}, "t.json has no 'format'; is it cut off?"),
        (put("format", "lernpy-trace/2"), "this lernpy reads lernpy-trace/1"),
        (put("format", "lernpy-network"), "is no trace of lernpy"),
        (put("samples.count", 3), "samples.inputs.shape is [2, 1]; [3, 1] belongs here"),
        (put("samples.count", -1), "samples.count is -1; a whole number from 1"),
        (put("samples.batches", [[1, 10**6, False]]), "runs that make 2 samples"),
        (put("samples.delta.data", "AAAA"), "samples.delta.data has 3 bytes"),
        (put("samples.delta.data", "???"), "samples.delta.data is '???'; base64 belongs here"),
        (put("samples.rate", float("1e400")), "samples.rate is inf; a finite number"),
        (put("network.links.0", [0, 10**6, 1, 1]), "network.links is a list of 3; runs [u, nu, v, nv]"),
        (put("network.links", [[0, 1, 0, 1]] * 5), "t.json: "),
        (put("network.rules", [[0, 1.0, "x", None]]), "rules is a list of 1; [weight, rate, low, high]"),
        (put("network.activations.1.name", "sigmoit"), "Did you mean 'sigmoid'?"),
        (put("network.groups", []), "every softmax neuron in one group"),
        (put("network.generations.0", [9]), "network.generations is a list of 3; the order of the units"),
        (put("network.optimizer.options", {"size": 1}), "momentum has no option 'size'"),
        (put("edits.0.index", 99), "edits[0].index is 99; a whole number from 0 to 4"),
        (put("edits.0.value", "much"), "edits[0].value is 'much'; a finite number"),
        (put("edits.0.at", 10**6), "positions from 0 to"),
        (put("script", [{"at": 0}]), "script[0] has no 'say'"),
        (put("image", [3, 3]), "rows and columns of 1 inputs"),
        (put("network.weights", GOOD["samples"]["loss"]), "network.weights.shape is [2]; [5] belongs"),
    ],
)  # fmt: skip
def test_a_malformed_trace_is_one_clear_line(content: Any, message: str) -> None:
    with pytest.raises(FileFormatError, match=re.escape(message)) as error:
        Trace.from_json(content, "t.json")
    assert "\n" not in str(error.value)


def test_an_altered_number_is_found() -> None:
    block = GOOD["samples"]["output"]
    array = numbers(block).copy()
    array[0, 2] += 0.01
    changed = {**block, "data": base64.b64encode(array.tobytes()).decode()}
    with pytest.raises(FileFormatError, match="sample 1: the output of y is recorded as"):
        Trace.from_json(put("samples.output", changed), "t.json")


def test_a_cut_off_file_and_no_file(tmp_path: Path) -> None:
    text = json.dumps(GOOD)
    path = tmp_path / "t.json"
    path.write_text(text[: len(text) // 2])
    with pytest.raises(FileFormatError, match="no JSON"):
        Trace.load(path)
    path.write_bytes(gzip.compress(text.encode())[:100])
    with pytest.raises(FileFormatError, match="cut off or damaged"):
        Trace.load(path)
    with pytest.raises(LernpyError, match="could not be read"):
        Trace.load(tmp_path / "nothing.json")
    path.write_text(text)
    assert len(Trace.load(path)) == len(Trace.from_json(GOOD))


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False),
    st.sampled_from(["", "nan", "float32", "softmax", "one", "huber", "adam", "x", "AAAA"]),
    st.lists(st.integers(-2, 9), max_size=4),
    st.just({}),
    st.lists(st.lists(st.integers(-1, 5), max_size=4), max_size=3),
)


def places(content: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = content.items() if isinstance(content, dict) else enumerate(content)
    found = []
    for key, value in items:
        found.append((*way, key))
        if isinstance(value, (dict, list)):
            found += places(value, (*way, key))
    return found


PLACES = places(GOOD)


@settings(max_examples=1200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_mutant_does_anything_but_load_or_be_refused(data: st.DataObject) -> None:
    content = copy.deepcopy(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from(PLACES))
        try:
            inner = content
            for key in way[:-1]:
                inner = inner[key]
            what = data.draw(st.sampled_from(["delete", "replace", "replace", "garble"]))
            if what == "delete":
                del inner[way[-1]]
            elif what == "garble" and isinstance(inner[way[-1]], str):
                text = inner[way[-1]]
                place = data.draw(st.integers(0, len(text)))
                inner[way[-1]] = (
                    text[:place] + data.draw(st.sampled_from("Aa/8=é")) + text[place + 1 :]
                )
            else:
                inner[way[-1]] = data.draw(ODD)
        except (KeyError, IndexError, TypeError):
            continue
    try:
        trace = Trace.from_json(content, "t.json")
        for step in trace.steps():
            str(step)
        trace.to_json()
    except LernpyError as error:
        assert "\n" not in str(error)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_damaged_bytes_do_either(data: st.DataObject) -> None:
    text = bytearray(json.dumps(GOOD).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    from lernpy.storage import parse_json

    try:
        Trace.from_json(parse_json(bytes(text), "t.json"), "t.json")
    except LernpyError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_page_of_the_arrays_is_the_page_of_the_file(seed: int, dtype: str) -> None:
    """One weight goes from the network to the page without a text that is parsed again."""
    network = some_network(seed)
    trace = Trace.record(slow_motion(network, *some_samples(network, seed)))
    arrays, file = trace.contents(dtype=dtype), trace.to_json(dtype=dtype)
    assert lernpy.player.page(arrays) == lernpy.player.page(file)
    assert sheet(arrays) == sheet(json.loads(json.dumps(file)))
    assert (
        arrays["network"]["weights"].values.tolist() == numbers(file["network"]["weights"]).tolist()
    )
