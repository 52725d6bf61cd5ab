"""The mathematics, as tables: activations, losses, optimisers, initialisers, rate schedules."""
