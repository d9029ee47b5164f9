"""Outbound clients: what this installation asks of other machines."""
