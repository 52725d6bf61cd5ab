"""The table question × option: the right answer by the objects, wrong ones by the mistakes, all apart."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from lernpy import lessons
from lernpy.errors import LernpyError
from lernpy.lessons import BELIEFS, LESSONS, mistakes
from lernpy.lessons.question import Question, Verdict, belief_behind, part_question
from lernpy.lessons.situation import Situation

QUESTIONS = {
    question.name: question for lesson in LESSONS.values() for question in lesson.questions
}
STATED = {  # what the paper that the lessons began with says; recomputed
    "1a": "down", "1b": 0.0, "1c": 0.9, "2a": 0.0398, "2b": 26.0, "2c": "none", "3a": "+",
    "3b": "smaller", "3c": 0.2588, "4a": 0.0, "4b": -0.16, "4c": 16.0, "5a": 0.0364,
    "5b": "all at once", "5c": 0.149781, "6a": 3.0, "6b": 0.125, "6c": "yes", "7a": "w = .5",
    "7b": 0.9975, "7c": "below a thousandth", "9a": 1210.0, "9b": 2.0,
}  # fmt: skip


def test_there_are_ten_lessons_with_three_questions_each() -> None:
    assert list(LESSONS) == [str(number) for number in range(10)]
    for number, lesson in LESSONS.items():
        assert [question.name for question in lesson.questions] == [f"{number}{x}" for x in "abc"]
        assert lesson.goal and lesson.exit and lesson.exit_answer and all(lesson.timing)
        assert lesson.stops and set(lesson.mistakes) <= set(mistakes.MISTAKES)


@pytest.mark.parametrize("question", list(QUESTIONS.values()), ids=list(QUESTIONS))
def test_all_answers_of_a_question_are_apart(question: Question) -> None:
    """No two within twice the tolerance; words differ."""
    values = question.options
    assert len(values) >= 2
    for one, other in combinations(values, 2):
        if isinstance(one, str) or isinstance(other, str):
            assert str(one).lower() != str(other).lower()
        else:
            assert abs(one - other) > 2 * max(question.near(one), question.near(other))


@pytest.mark.parametrize("question", list(QUESTIONS.values()), ids=list(QUESTIONS))
def test_each_answer_gets_its_own_word(question: Question) -> None:
    assert lessons.check(question.name, question.answer).right
    for value, belief in question.wrong_answers:
        verdict = lessons.check(question.name, value)
        assert not verdict and verdict.belief == belief == BELIEFS[belief.name]
        assert belief.reply in str(verdict)


@pytest.mark.parametrize("name", STATED)
def test_the_right_answer_is_the_one_stated(name: str) -> None:
    answer = QUESTIONS[name].answer
    if isinstance(answer, str):
        assert answer == STATED[name]
    else:
        assert answer == pytest.approx(STATED[name], abs=5e-5)


@pytest.mark.parametrize(
    ("name", "value", "belief"),
    [
        ("1c", -4, "M4"), ("1c", 0.1, "M4"), ("3c", 0.296, "M12"), ("4a", 2, "M1"), ("4a", 1, "M2"),
        ("4b", 0.5, "M1"), ("4b", 0.2, "M2"), ("5a", 0.0554, "M2"), ("5a", 0.1880, "M12"),
        ("5a", 0.0302, "M3"), ("5a", 0.0182, "M1"), ("5c", 0.149818, "M3"), ("6a", 0, "M5"),
        ("6a", 9, "M7"), ("2a", 0.01, "M4"), ("2c", "all of them", "M9"), ("7a", "w = 6", "M5"),
        ("6c", "no", "M11"), ("5b", "h2 → y2", "M3"), ("7c", "of the same order", "M12"),
    ],
)  # fmt: skip
def test_a_stated_wrong_answer_shows_its_belief(name: str, value: float, belief: str) -> None:
    assert getattr(lessons.check(name, value).belief, "name", None) == belief


def test_numbers_may_be_typed_as_people_do() -> None:
    assert lessons.check("4b", "−0,16") and lessons.check("1c", " 0.9 ")


def test_an_answer_of_nobody_is_told_so() -> None:
    assert "none of the wrong answers" in str(lessons.check("4b", 17))


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("4b", "", "asks for a number"),
        ("4b", "much", "asks for a number"),
        ("1a", "sideways", "is answered by one of: 'down', 'up'"),
        ("4z", 1, "there is no question 4z. Known: 4a, 4b, 4c"),
        ("x", 1, "no lesson is called 'x'"),
    ],
)
def test_what_is_no_answer_is_refused(question: str, answer: object, says: str) -> None:
    with pytest.raises(LernpyError, match=re.escape(says)):
        lessons.check(question, answer)  # type: ignore[arg-type]


def test_every_belief_of_a_mistake_is_in_the_table() -> None:
    for name, mistake in mistakes.MISTAKES.items():
        assert BELIEFS[belief_behind(name)].name in mistake.belief


@pytest.mark.parametrize("number", LESSONS)
def test_each_scene_is_recorded_with_its_notes_and_questions(number: str) -> None:
    lesson = LESSONS[number]
    traces = {name: lesson.trace(name) for name in lesson.situations}
    said = [note["say"] for trace in traces.values() for note in trace.script]
    assert sorted(said) == sorted(stop.say for stop in lesson.stops)
    gates = sum(len(trace.gates) for trace in traces.values())
    assert gates == sum(question.about is not None for question in lesson.questions)


@pytest.mark.parametrize("number", LESSONS)
def test_no_gate_asks_what_is_known_already(number: str) -> None:
    """Where it asks, the frame's mask has no value yet; right after the step it has."""
    lesson = LESSONS[number]
    for question in lesson.questions:
        if question.about is None or question.situation is None:
            continue
        situation = next(
            name for name, situation in lesson.situations.items() if situation is question.situation
        )
        trace = lesson.trace(situation)
        gate = next(gate for gate in trace.gates if gate["question"] == question.text)
        known = [_known(trace, gate["at"] + later, gate["of"]) for later in (0, 1)]
        assert known == [False, True], question.name


def _known(trace, position, of) -> bool:
    """Whether a quantity has a value at that position."""
    (frame,) = trace.frames([position])
    if "weight" in of:  # the old weight is known; the new one is there once the update is done
        return position > trace.stops("phase")[-2]
    kind = "neuron" if "neuron" in of else "link"
    value = getattr(frame, of["quantity"])[of[kind]]
    return bool(value == value)


def test_a_question_of_ones_own_runs_the_mistakes() -> None:
    question = part_question(
        "0x", "delta of h?", Situation.of("by-hand"), ("h", "delta"), ["slope forgotten"]
    )
    assert question.judge(0.0323) and question.judge(0.1481 * 1.0).belief is None
    (wrong, belief), *_ = question.wrong_answers
    assert question.judge(wrong).belief == belief == BELIEFS["M12"]
    assert Verdict(True, why="So.").why in str(Verdict(True, why="So."))
