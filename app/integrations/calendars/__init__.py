"""Calendars of other systems."""
