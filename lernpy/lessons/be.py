"""Be the link: who acts next, and what does it pass on? Wrong answers are matched to the mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lernpy.errors import LernpyError
from lernpy.lessons import mistakes
from lernpy.lessons.beliefs import BELIEFS
from lernpy.lessons.question import NEAR, Value, Verdict, as_number, belief_behind
from lernpy.lessons.situation import Situation, value_in
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.player.page import page_words
from lernpy.registry import one_of
from lernpy.structure import structure_of
from lernpy.text import listed, near_miss
from lernpy.watch import slow_motion

ROLES = ("links", "neurons", "all")  # or the name of one part
FORWARD, BACKWARD = "forward", "backward"
Key = tuple[str, str]  # phase and part
Waits = Mapping[Key, list[Key]]
WORDS: Mapping[str, str] = page_words()["passes"]  # what a part does with a quantity


class Turn(NamedTuple):
    """One part's verb: what it passes on, after whom it may act, and what somebody wrong would say."""

    phase: str
    part: str
    kind: str  # link or neuron
    quantity: str  # signal, output, delta, blame or gradient
    value: float
    wrong: tuple[tuple[float, str], ...]  # (value, name of the belief)
    needs: tuple[int, ...]  # turns that must be done before

    @property
    def near(self) -> float:
        """How far from the value still counts."""
        return max(NEAR * abs(self.value) / 2, 0.0005)


def turns_of(situation: Situation) -> list[Turn]:
    """All turns of one lesson, in the network's order; who has no use for blame has none backward.

    >>> [(turn.part, turn.quantity) for turn in turns_of(Situation.of("by-hand"))][-3:]
    [('h', 'delta'), ('bias -> h', 'gradient'), ('x -> h', 'gradient')]
    """
    right = list(_played(situation))
    by_mistake = {name: dict(_numbers(situation, name)) for name in mistakes.MISTAKES}
    index = {(phase, part): number for number, (phase, part, *_) in enumerate(right)}
    waits = _waits(situation)
    return [
        Turn(
            *(phase, part, kind, quantity, value),
            _apart(value, ((by_mistake[name][phase, part], name) for name in by_mistake)),
            tuple(dict.fromkeys(_needs(waits, index, (phase, part)))),
        )
        for phase, part, kind, quantity, value in right
    ]


def _played(situation: Situation, mistake: str = "") -> Iterator[tuple[str, str, str, str, float]]:
    """Phase, part, kind, quantity and value, as the lesson goes."""
    network, inputs, targets = situation.network(mistake)
    structure, ends = structure_of(network), {*network.inputs, *network.biases}
    for step in slow_motion(network, inputs, targets):
        part = step.part
        if step.phase not in (FORWARD, BACKWARD) or not isinstance(part, (Link, Neuron)):
            continue
        if isinstance(part, Link):
            kept = part.input_neuron in ends
            quantity = "signal" if step.phase == FORWARD else "gradient" if kept else "blame"
            yield step.phase, step.name, "link", quantity, value_in(network, step.name, quantity)
        elif part not in ends or (step.phase == FORWARD and structure.incoming[part]):
            quantity = "output" if step.phase == FORWARD else "delta"
            yield step.phase, step.name, "neuron", quantity, value_in(network, step.name, quantity)


def _numbers(situation: Situation, mistake: str) -> Iterator[tuple[Key, float]]:
    for phase, part, _, _, value in _played(situation, mistake):
        yield (phase, part), value


def _waits(situation: Situation) -> Waits:
    """For each turn the turns that it waits for."""
    network = situation.network().network
    waits: dict[Key, list[Key]] = {}
    for neuron in network.neurons.values():
        incoming, outgoing = network.incoming(neuron.name), network.outgoing(neuron.name)
        waits[FORWARD, neuron.name] = [(FORWARD, link.name) for link in incoming]
        waits[BACKWARD, neuron.name] = [(BACKWARD, link.name) for link in outgoing]
        if neuron in network.outputs:
            waits[BACKWARD, neuron.name] += [(FORWARD, output.name) for output in network.outputs]
        for link in outgoing:
            waits[FORWARD, link.name] = [(FORWARD, neuron.name)]
            waits[BACKWARD, link.name] = [(BACKWARD, link.output_neuron.name)]
    return waits


def _needs(waits: Waits, index: Mapping[Key, int], key: Key) -> Iterator[int]:
    """The turns to be waited for; whoever has none (an input, a group) is waited for by what it needs."""
    for other in waits[key]:
        if other in index:
            yield index[other]
        else:
            yield from _needs(waits, index, other)


def _apart(value: float, others: Iterable[tuple[float, str]]) -> tuple[tuple[float, str], ...]:
    """Wrong values that nobody could take for the right one, or for each other."""
    known: list[tuple[float, str]] = []
    for other, mistake in others:
        least = 4 * max(NEAR * abs(value) / 2, 0.0005)
        if all(abs(other - one) > least for one in (value, *(one for one, _ in known))):
            known.append((other, belief_behind(mistake)))
    return tuple(known)


@dataclass
class BeTheLink:
    """A lesson in which somebody plays parts: one of them, all of a kind, or all.

    >>> game = BeTheLink(turns_of(Situation.of("by-hand")), "h")
    >>> [turn.part for turn in game.next_turns]
    ['h']
    >>> str(game.say("h", 0.75))[:3], str(game.say("h", 0.679))
    ('No;', 'Yes. h puts out 0.6792.')
    """

    turns: list[Turn]
    role: str = "all"
    done: set[int] = field(default_factory=set)
    tally: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        parts = dict.fromkeys(turn.part for turn in self.turns)
        one_of("part or kind", self.role, [*ROLES, *parts])
        self._others()

    def is_mine(self, turn: Turn) -> bool:
        return self.role in ("all", f"{turn.kind}s", turn.part)

    def _others(self) -> None:
        """Whoever is not played acts as soon as it can."""
        for index, turn in enumerate(self.turns):
            if not self.is_mine(turn) and self.done.issuperset(turn.needs):
                self.done.add(index)

    @property
    def over(self) -> bool:
        return len(self.done) == len(self.turns)

    @property
    def next_turns(self) -> list[Turn]:
        """Who may act now: several may, the order among them does not matter."""
        return [
            turn
            for index, turn in enumerate(self.turns)
            if index not in self.done and self.is_mine(turn) and self.done.issuperset(turn.needs)
        ]

    def say(self, part: str, answer: Value) -> Verdict:
        """This part acts and passes this number on; whether that is right.

        Raises
        ------
        LernpyError
            If there is no such part, or the answer is no number.
        """
        chosen = self._turn(part)
        if isinstance(chosen, Verdict):
            return self._count(chosen)
        index, turn = chosen
        verdict = judged(turn, as_number(answer))
        if verdict:
            self.done.add(index)
            self._others()
        return self._count(verdict)

    def _turn(self, part: str) -> tuple[int, Turn] | Verdict:
        """The turn of a part that may act; or what to say of one that may not."""
        name = " -> ".join(end.strip() for end in part.replace("→", "->").split("->"))
        names = dict.fromkeys(turn.part for turn in self.turns)
        if name not in names:
            raise LernpyError(f"no part is called {part!r}.{near_miss(name, names)}")
        left = [(i, turn) for i, turn in enumerate(self.turns) if turn.part == name]
        left = [(i, turn) for i, turn in left if i not in self.done]
        if left and self.done.issuperset(left[0][1].needs):
            return left[0]
        return Verdict(False, BELIEFS["M7"] if left else None)

    def _count(self, verdict: Verdict) -> Verdict:
        if not verdict:
            self.tally[verdict.belief.name if verdict.belief else "other"] += 1
        return verdict

    def summary(self) -> str:
        """The tally, by belief."""
        lines = [
            f"{count} × {BELIEFS.get(name, 'another answer')}"
            for name, count in self.tally.most_common()
        ]
        return listed(lines, last="and") or "without a mistake"


def judged(turn: Turn, guess: float) -> Verdict:
    """Whether a number is what this part passes on; if not, whose mistake it is."""
    if abs(guess - turn.value) <= turn.near:
        return Verdict(True, why=f"{turn.part} {WORDS[turn.quantity]} {turn.value:.4g}.")
    for value, belief in turn.wrong:
        if abs(guess - value) <= turn.near:
            return Verdict(False, BELIEFS[belief])
    return Verdict(False)


def as_data(situation: Situation) -> list[dict[str, Any]]:
    """The turns as the page gets them."""
    return [
        {**turn._asdict(), "near": turn.near, "word": WORDS[turn.quantity]}
        for turn in turns_of(situation)
    ]
