"""Schedules: weekly hours and overrides."""
