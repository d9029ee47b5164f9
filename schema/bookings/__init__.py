"""Bookings in the GraphQL API."""
