"""Slotgraph: scheduling infrastructure."""
