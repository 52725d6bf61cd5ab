"""Batches on arrays of any module, NumPy's or CuPy's, for one net or many at once."""
