"""Films: pictures that move, the page that plays them without a network, and files of all formats.

They know moments of the graph (`graph`) and weights over epochs (`journey.py`), no data and no charts.
Read first: `film.py` (frames of any animation, quickly), then `flow.py` (the film of a lesson).
"""
