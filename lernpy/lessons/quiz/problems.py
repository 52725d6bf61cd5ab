"""Problems with each student's own numbers: right by the objects, wrong by running the seven mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np

from lernpy.build import layered
from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.lessons import mistakes
from lernpy.lessons.beliefs import BELIEFS, Belief
from lernpy.lessons.question import belief_behind
from lernpy.lessons.situation import value_in
from lernpy.network import Network
from lernpy.text import counted, listed, number

LEAST, MOST = 0.01, 10.0  # sizes of answers: some courses' software takes 0.00009 for 0
NEAR = 0.01  # of its size: so near a number counts
NEAREST = 0.0005  # and never nearer, as four digits are given
MOST_DRAWS, STRICT_DRAWS = 2000, 1000
LEAST_WRONG = 2  # answers of a problem
MOST_LINKS, MOST_INPUTS = 40, 6  # more nobody computes by hand
RATE = 0.5
Numbers = dict[str, float]  # key of an ask -> value


class Shown(NamedTuple):
    inputs: tuple[float, ...]
    targets: tuple[float, ...]


class WrongAnswer(NamedTuple):
    value: float
    belief: Belief
    mistake: str

    @property
    def feedback(self) -> str:
        return f"{self.belief.reply} ({self.belief})"


class Problem(NamedTuple):
    """One question of a student: `wrong` holds what the mistakes give, all apart."""

    number: int
    text: str
    answer: float
    wrong: tuple[WrongAnswer, ...]

    @property
    def near(self) -> float:
        return near(self.answer)


class Paper(NamedTuple):
    """All problems of one student, and the net that they are about."""

    seed: int
    setup: tuple[str, ...]  # lines
    problems: tuple[Problem, ...]
    by_mistake: dict[str, tuple[float, ...]]  # what each mistake answers, problem by problem


class Ask(NamedTuple):
    key: str
    text: str
    part: str
    quantity: str
    sample: int = 1


def near(value: float) -> float:
    """How far from an answer still counts as this answer."""
    return max(NEAR * abs(value), NEAREST)


def from_data(dataset: Dataset, seeds: Iterable[int]) -> Iterator[Paper]:
    """A small fresh net for each student, with two samples of the data.

    >>> from lernpy import data
    >>> paper = next(from_data(data.load("xor"), [1]))
    >>> len(paper.problems), paper.problems[0].text
    (6, 'First sample: the blame of h1_1 (dLoss/d its output)?')
    """
    inputs, outputs = dataset.inputs.shape[1], dataset.targets.shape[1]
    if inputs > MOST_INPUTS:
        raise LernpyError(
            f"{dataset.name} has {inputs} inputs; nobody computes that by hand. Take data with at most "
            f"{MOST_INPUTS}, such as xor, iris or spiral"
        )
    hidden = [2] if outputs > 1 else [2, 2]  # with one output the paths must part elsewhere
    last = (
        "sigmoid"
        if dataset.classes or ((dataset.targets >= 0) & (dataset.targets <= 1)).all()
        else "identity"
    )
    network = layered([inputs, *hidden, outputs], "tanh", last, learning_rate=RATE, seed=0)
    yield from papers(network, _standard(dataset.inputs), dataset.targets, seeds)


def from_network(network: Network, dataset: Dataset, seeds: Iterable[int]) -> Iterator[Paper]:
    """The wiring of a net with weights of each student's own."""
    card = network.card
    rows = card.prepare(dataset) if card else (dataset.inputs, dataset.targets)
    yield from papers(network, *rows, seeds)


def _standard(inputs: np.ndarray) -> np.ndarray:
    spread = inputs.std(axis=0)
    return np.asarray((inputs - inputs.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def papers(
    network: Network, inputs: np.ndarray, targets: np.ndarray, seeds: Iterable[int]
) -> Iterator[Paper]:
    """One paper for each seed.

    Raises
    ------
    LernpyError
        If the net is too large for a sheet of paper, or no numbers are found whose answers are apart.
    """
    if len(network.links) > MOST_LINKS:
        raise LernpyError(
            f"the network has {counted(len(network.links), 'link')}; a student's has at most {MOST_LINKS}"
        )
    asks = list(_asks(network))
    for seed in seeds:
        yield _paper(network, asks, inputs, targets, seed)


def _asks(network: Network) -> Iterator[Ask]:
    """Blame, delta, own gradient and new weight; and blame of a second sample, uncleared by some."""
    ends = {*network.inputs, *network.outputs, *network.biases}
    hidden = [neuron.name for neuron in network.neurons.values() if neuron not in ends]
    if not hidden:
        raise LernpyError("the net has no hidden neuron; there is no blame to hand back")
    several = [name for name in hidden if len(network.outgoing(name)) > 1] or hidden
    first = several[0]
    link = network.incoming(several[-1])[0].name
    last = network.incoming(network.outputs[0].name)[-1].name
    yield Ask(
        "blame", f"First sample: the blame of {first} (dLoss/d its output)?", first, "sensitivity"
    )
    yield Ask(
        "delta", f"First sample: the delta of {first} (dLoss/d its total input)?", first, "delta"
    )
    yield Ask(
        "own", f"First sample: the gradient of {link} (dLoss/d its weight)?", link, "gradient"
    )
    yield Ask("last", f"First sample: the gradient of {last}?", last, "gradient")
    yield Ask(
        "new", f"The weight of {link} after one update from the first sample?", link, "new weight"
    )
    yield Ask(
        "second",
        f"Both samples, one after the other, before any update: the blame of {first} for the second?",
        first, "sensitivity", 2,
    )  # fmt: skip


def _paper(
    network: Network, asks: list[Ask], inputs: np.ndarray, targets: np.ndarray, seed: int
) -> Paper:
    """Numbers are drawn again until all answers are apart and none is too small or too large."""
    generator = np.random.default_rng(seed)
    for draw in range(MOST_DRAWS):
        drawn = _draw(network, generator)
        samples = [_sample(inputs, targets, generator) for _ in range(2)]
        right = _numbers(drawn.copy(), asks, samples)
        if not all(LEAST <= abs(value) <= MOST for value in right.values()):
            continue
        answers = {
            name: _numbers(mistakes.apply(drawn, name), asks, samples) for name in mistakes.MISTAKES
        }
        problems = [_problem(index, ask, right, answers) for index, ask in enumerate(asks, 1)]
        if _is_good(problems, strict=draw < STRICT_DRAWS):
            by_mistake = {name: tuple(by_key.values()) for name, by_key in answers.items()}
            return Paper(seed, _setup(drawn, samples), tuple(problems), by_mistake)
    raise LernpyError(
        f"no numbers were found for seed {seed} whose answers are apart; take another net or data"
    )


def _draw(network: Network, generator: np.random.Generator) -> Network:
    """A copy with weights of two digits, none of them near 0."""
    drawn = network.copy()
    drawn.optimizer, drawn.learning_rate, drawn.l1, drawn.l2 = "sgd", RATE, 0.0, 0.0
    for weight in drawn.weights:
        size = generator.uniform(0.2, 1.6) * generator.choice([-1.0, 1.0])
        weight.value = round(float(size), 2)
        weight.memory = ()
    return drawn


def _sample(inputs: np.ndarray, targets: np.ndarray, generator: np.random.Generator) -> Shown:
    """A sample of the data, rounded to two digits."""
    row = int(generator.integers(len(inputs)))
    x, t = (np.round(table[row].astype(float), 2) + 0.0 for table in (inputs, targets))
    return Shown(tuple(x.tolist()), tuple(t.tolist()))


def _numbers(network: Network, asks: list[Ask], samples: list[Shown]) -> Numbers:
    """What a rule gives for each ask, by the objects."""
    values = {}
    alone = network.copy()
    alone.learn(*samples[0])
    network.collect(*samples[0])
    for ask in asks:
        if ask.sample == 1 and ask.quantity != "new weight":
            values[ask.key] = value_in(network, ask.part, ask.quantity)
    network.collect(*samples[1])
    for ask in asks:
        if ask.sample == 2:
            values[ask.key] = value_in(network, ask.part, ask.quantity)
    for ask in asks:
        if ask.quantity == "new weight":
            values[ask.key] = value_in(alone, ask.part, ask.quantity)
    return {ask.key: values[ask.key] for ask in asks}


def _problem(index: int, ask: Ask, right: Numbers, answers: dict[str, Numbers]) -> Problem:
    """The wrong answers that nobody could take for the right one or for each other."""
    value = right[ask.key]
    wrong: list[WrongAnswer] = []
    for mistake, numbers in answers.items():
        other = numbers[ask.key]
        if not LEAST <= abs(other) <= MOST:
            continue
        if all(_apart(other, one) for one in (value, *(known.value for known in wrong))):
            wrong.append(WrongAnswer(other, BELIEFS[belief_behind(mistake)], mistake))
    return Problem(index, ask.text, value, tuple(wrong))


def _apart(one: float, other: float) -> bool:
    return abs(one - other) > 2.2 * max(near(one), near(other))


def _is_good(problems: list[Problem], strict: bool) -> bool:
    """Enough wrong answers everywhere; if strict, each mistake shows in one of them."""
    if any(len(problem.wrong) < LEAST_WRONG for problem in problems):
        return False
    shown = {wrong.mistake for problem in problems for wrong in problem.wrong}
    return not strict or shown == set(mistakes.MISTAKES)


def all_apart(problem: Problem) -> bool:
    """Whether no two answers are within twice the tolerance."""
    values = [problem.answer, *(wrong.value for wrong in problem.wrong)]
    return all(abs(a - b) > 2 * max(near(a), near(b)) for a, b in combinations(values, 2))


def _setup(network: Network, samples: list[Shown]) -> tuple[str, ...]:
    """The net in words: weights, activations, samples, loss and rate."""
    ends = {*network.inputs, *network.biases}
    kinds = {
        neuron.name: neuron.activation.name
        for neuron in network.neurons.values()
        if neuron not in ends
    }
    alike = dict.fromkeys(kinds.values())
    words = [
        f"{kind} at {listed([name for name, one in kinds.items() if one == kind], last='and')}"
        for kind in alike
    ]
    names = [neuron.name for neuron in network.inputs], [neuron.name for neuron in network.outputs]
    lines = [
        "Weights: "
        + "; ".join(f"{link.name} {number(link.weight.value)}" for link in network.links.values()),
        f"Activations: {'; '.join(words)}. Loss: {network.loss.words[0]}. Rate {number(RATE)}.",
    ]
    for which, sample in zip(("First", "Second"), samples, strict=True):
        inputs, targets = (
            ", ".join(
                f"{name} = {number(value)}" for name, value in zip(group, values, strict=True)
            )
            for group, values in zip(names, sample, strict=True)
        )
        lines.append(f"{which} sample: {inputs}; targets {targets}.")
    return tuple(lines)
