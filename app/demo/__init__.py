"""Data for a first look."""
