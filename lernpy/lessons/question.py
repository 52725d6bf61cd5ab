"""A question: the right answer, computed by the objects, and wrong ones that each show a belief."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from lernpy.errors import LernpyError
from lernpy.lessons.beliefs import BELIEFS, Belief
from lernpy.lessons.mistakes import MISTAKES
from lernpy.lessons.situation import Situation
from lernpy.text import listed, number, shown

Value = float | str
Computed = Value | Callable[[], Value]
Wrong = tuple[Computed, str]  # what somebody with that belief says, and the name of the belief
NEAR = 0.02  # of its size: so near a number counts as the answer
NEAR_ZERO = 0.005  # so near 0 counts as 0


@dataclass(frozen=True)
class Verdict:
    """What is to be said of an answer.

    >>> str(Verdict(False, BELIEFS["M2"]))
    'No. That is one path. Blame comes back along every link that leads on, and all of it adds. \
(M2: one path is enough)'
    """

    right: bool
    belief: Belief | None = None
    why: str = ""

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        if self.right:
            return f"Yes. {self.why}".strip()
        if self.belief:
            return f"No. {self.belief.reply} ({self.belief})"
        return "No; and it is none of the wrong answers that are known. Step through it and look."


@dataclass(frozen=True)
class Question:
    """Asked before the answer is shown.

    name : "4b", the number of the lesson and a letter
    right : a number or a word, or what computes it
    wrong : pairs (value or what computes it, name of the belief)
    about : (part, quantity) in the network of the situation, where the answer is one of its numbers
    tolerance : how far from a number still counts; a fiftieth of its size unless given
    """

    name: str
    text: str
    right: Computed
    wrong: tuple[Wrong, ...]
    why: str = ""
    situation: Situation | None = None
    about: tuple[str, str] | None = None
    tolerance: float | None = None

    @cached_property
    def answer(self) -> Value:
        """The right answer, computed once."""
        return _computed(self.right)

    @cached_property
    def wrong_answers(self) -> list[tuple[Value, Belief]]:
        """The wrong answers that are known, each with the belief that it shows."""
        return [(_computed(value), BELIEFS[belief]) for value, belief in self.wrong]

    @property
    def options(self) -> list[Value]:
        """All answers in an order that gives nothing away: by size, or by the alphabet."""
        values: list[Value] = [self.answer, *(value for value, _ in self.wrong_answers)]
        return sorted(values, key=lambda value: (isinstance(value, str), value))

    @property
    def is_number(self) -> bool:
        return not isinstance(self.answer, str)

    def near(self, value: float) -> float:
        """How far from a value still counts as this value."""
        if self.tolerance is not None:
            return self.tolerance
        return max(NEAR * abs(value), NEAR_ZERO * _scale(self.answer))

    def judge(self, answer: Value) -> Verdict:
        """Whether an answer is right, and if not, which belief it shows.

        Raises
        ------
        LernpyError
            If a number is asked for and the answer is none.
        """
        if not self.is_number:
            return self._judge_word(str(answer))
        guess = as_number(answer)
        if self._equal(guess, self.answer):
            return Verdict(True, why=self.why)
        for value, belief in self.wrong_answers:
            if self._equal(guess, value):
                return Verdict(False, belief)
        return Verdict(False)

    def _equal(self, guess: float, value: Value) -> bool:
        return not isinstance(value, str) and abs(guess - value) <= self.near(value)

    def _judge_word(self, answer: str) -> Verdict:
        word = answer.strip().lower()
        if word == str(self.answer).lower():
            return Verdict(True, why=self.why)
        for value, belief in self.wrong_answers:
            if word == str(value).lower():
                return Verdict(False, belief)
        raise LernpyError(
            f"question {self.name} is answered by one of: "
            f"{listed([repr(option) for option in self.options])}; not {shown(answer)}"
        )


def _computed(value: Computed) -> Value:
    return value() if callable(value) else value


def _scale(value: Value) -> float:
    return 1.0 if isinstance(value, str) or value == 0 else abs(value)


def as_number(answer: Value) -> float:
    """A number as people write it, with point or comma.

    >>> as_number("0,25"), as_number("−4")
    (0.25, -4.0)
    """
    try:
        return float(str(answer).strip().replace("−", "-").replace(",", "."))
    except ValueError:
        raise LernpyError(f"this asks for a number, not {shown(answer)}") from None


def part_question(
    name: str,
    text: str,
    situation: Situation,
    about: tuple[str, str],
    mistaken: Sequence[str] = (),
    wrong: Sequence[Wrong] = (),
    *,
    why: str = "",
    tolerance: float | None = None,
) -> Question:
    """A question for a number of one part: right by the objects, wrong by running these mistakes.

    >>> question = part_question("4b", "Blame of h1?", Situation.of("sign"), ("h1", "sensitivity"), ["pie"])
    >>> print(question.judge(0.5).belief)
    M1: blame is a pie
    """

    def run(mistake: str) -> Callable[[], float]:
        return lambda: situation.value(*about, mistake)

    by_mistake = [(run(mistake), belief_behind(mistake)) for mistake in mistaken]
    return Question(name, text, run(""), (*by_mistake, *wrong), why, situation, about, tolerance)


def belief_behind(mistake: str) -> str:
    """
    >>> belief_behind("pie")
    'M1'
    """
    return MISTAKES[mistake].belief.partition(":")[0]


def shown_answer(value: Value, digits: int = 4) -> str:
    """An answer as it is shown: four digits do, where they tell it from the others."""
    return value if isinstance(value, str) else number(value, digits)
