"""Pictures of the graph itself: its weights, one moment of it, the paths of blame.

What is drawn is a `Frame`, a `Layout` and nothing else: no data set, no engine, no training is known
here. Read first: `picture.py` (where everything stands), then `moment.py` (signal and blame in two
lanes, with `bars.py` beside the neurons and `numbers.py` on the links), `weights.py`, `paths.py`.
`strokes.py` draws lines and shapes whose sizes are points on the screen.
"""
