"""What `scripts/bench.py` runs: workloads, lernpy's engines and the peers."""
