"""Lessons: ten of them, the mistakes that students make, and questions whose wrong answers are computed.

Read `mistakes` first (seven rules one can run), then `question` and `lesson_plan`, then
`ten/all_paths_add`. `beliefs` is the one table of what a wrong answer shows. Nothing but the command
line knows the room.

May know: build, lessons/ten, network, player, plot, training, watch.

>>> from lernpy import lessons
>>> print(lessons.check("4b", 0.2))
No. That is one path. Blame comes back along every link that leads on, and all of it adds. \
(M2: one path is enough)
"""

from string import ascii_letters

from lernpy.checks import text
from lernpy.lessons import mistakes
from lernpy.lessons.beliefs import BELIEFS, Belief
from lernpy.lessons.lesson_plan import LessonPlan
from lernpy.lessons.question import Question, Value, Verdict
from lernpy.lessons.ten import LESSONS

__all__ = ["BELIEFS", "LESSONS", "Belief", "LessonPlan", "Question", "Verdict", "check", "mistakes"]


def check(question: str, answer: Value) -> Verdict:
    """Whether an answer is right; if not, which belief it shows. Prints as one sentence.

    Parameters
    ----------
    question : its name, "4b": the number of the lesson and a letter
    answer : a number, or one of the question's options

    Raises
    ------
    LernpyError
        If there is no such question, or the answer is none that it takes.

    >>> bool(check("4b", -0.16)), check("4a", 2).belief.name
    (True, 'M1')
    """
    text("name of a question", question)
    number = question.rstrip(ascii_letters) or question
    return LESSONS[number].question(question.removeprefix(number)).judge(answer)


def __dir__() -> list[str]:
    return sorted(__all__)
