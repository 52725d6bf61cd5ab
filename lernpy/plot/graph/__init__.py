"""Pictures of the graph itself: neurons, links, what flows along them, blame by path."""
