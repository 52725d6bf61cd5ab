"""Charts: curves over epochs, planes of two inputs, matrices, images, tables of settings.

They may ask a network for answers (`plot.samples`), and read histories; they train nothing. Where a
chart moves it is made a film. Read first: `runs.py` (histories), then `regions.py` (the plane that
boundary, heatmaps and plane share).
"""
