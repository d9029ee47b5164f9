"""Calendars of other systems: what is connected, which ones block, when they are read."""
