"""Benchmarks: Slotgraph beside a bare service that answers the same questions on the same data, in one run."""
