"""Charts: curves over epochs, planes of two inputs, matrices, images, tables of settings.

They know networks, which they ask for answers (`plot.samples`), data and histories; they train
nothing. Where a chart moves it is made a film. Read first: `runs.py` (histories), then `regions.py` (the
plane that boundary, heatmaps and plane share).
"""
