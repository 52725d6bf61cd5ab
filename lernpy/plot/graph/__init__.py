"""Pictures of the graph itself: its weights, one moment of it, the paths of blame.

What is drawn is a frame with its layout, and what was calculated before. Read first: `laid.py` (where
everything stands) and `picture.py`, then `moment.py` (signal and blame in the `two_lanes.py` of a link,
with `bars.py` beside the neurons and `numbers.py` on the links), `weights.py`, `paths.py`. `strokes.py`
draws lines and shapes whose sizes are points on the screen.

May know: folding, frame, functions, layout, plot, training, watch.
"""
