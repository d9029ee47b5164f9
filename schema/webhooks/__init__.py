"""Webhooks over GraphQL."""
