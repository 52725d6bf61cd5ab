"""The mirror: programs of NumPy calls, written for one network."""
