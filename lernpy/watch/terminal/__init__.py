"""The stepper in a terminal: canvas, screen, keys."""
