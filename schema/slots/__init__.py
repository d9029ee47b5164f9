"""Slots and holds in the GraphQL API."""
