"""Charts: curves over epochs, planes of two inputs, matrices, images, tables of settings.

They ask networks for answers (`plot.answers`) and train nothing. Where a chart moves it is made a film. Read
first: `runs.py` (histories), then `regions.py` (the plane that boundary, heatmaps and plane share).

May know: data, frame, functions, network, plot, plot/film, plot/graph, training.
"""
