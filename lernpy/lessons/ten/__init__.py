"""The ten lessons, one readable file each: goal, situations, stops, questions, notes, exit question.

Read `all_paths_add.py` first, the one to teach if there is time for one only. Each number in them is
computed: the right one by the objects, a wrong one by a mistake.

May know: build, check, data, lessons, network, training.
"""

from lernpy.lessons.lesson_plan import LessonPlan
from lernpy.lessons.ten import (
    all_paths_add,
    be_the_link,
    blame_dies,
    objects_to_matrices,
    one_link,
    right_or_wrong,
    small_nudges,
    the_chain,
    too_little_too_much,
    watch_it_learn,
)
from lernpy.registry import Registry

_TEN = (
    watch_it_learn,
    one_link,
    small_nudges,
    the_chain,
    all_paths_add,
    be_the_link,
    right_or_wrong,
    blame_dies,
    too_little_too_much,
    objects_to_matrices,
)
LESSONS: Registry[LessonPlan] = Registry(
    "lesson", {str(file.LESSON.number): file.LESSON for file in _TEN}
)
