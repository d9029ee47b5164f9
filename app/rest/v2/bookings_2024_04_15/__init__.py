"""Bookings in the shape of 2024-04-15, which component clients send and read (VR-2)."""
