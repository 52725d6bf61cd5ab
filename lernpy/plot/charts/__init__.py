"""Charts: curves, planes, matrices and histories, drawn from plain arrays."""
