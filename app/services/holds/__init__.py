"""Holds: slots kept for somebody for a few minutes (RS-1), advisory for bookings, visible to everybody else."""
