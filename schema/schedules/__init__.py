"""Schedules in the GraphQL API."""
