"""What an event of a lesson says: its numbers, its formula, one plain sentence.

Not how it is shown. Read `step.py` first, then `forms.py` (the sentences, with holes for numbers),
`forward.py` and `backward.py` (which of them an event is), `facts.py` (their numbers), `spans.py`
(several steps at once).

May know: functions, network, watch.
"""
