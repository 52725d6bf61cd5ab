"""Films: pictures that move, the page that plays them without a network, and files of all formats.

What moves are moments of the graph, or weights over epochs (`journey.py`). Read first: `film.py`
(frames of any animation, quickly), then `flow.py` (the film of a lesson).

May know: folding, frame, network, plot, plot/graph.
"""
