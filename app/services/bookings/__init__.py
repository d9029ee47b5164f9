"""Bookings: made, moved, cancelled, confirmed, declined, handed over, edited, listed and watched."""
