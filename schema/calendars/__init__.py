"""Calendars of other systems in GraphQL."""
