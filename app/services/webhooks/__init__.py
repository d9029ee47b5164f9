"""Webhooks: who is told what, and how the messages look."""
