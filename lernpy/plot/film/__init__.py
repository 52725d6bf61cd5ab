"""Films: pictures that move, and how they are saved."""
