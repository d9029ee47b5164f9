"""Slotgraph: scheduling infrastructure in async Python."""
