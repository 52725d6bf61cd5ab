"""The mathematics, as tables: activations, losses, optimisers, initialisers, rate schedules.

Read `activations.py` first; `maths.py` says what an entry may use, `moving.py` how penalty, step and rule
move a weight. `formula.py` turns an entry into a list of operations, which printing/ writes in every
language; `portable.py` has the same bits everywhere.

May know: functions/printing. No neuron, no network.
"""
