"""Mails about bookings: which, to whom, in which words, and their sending."""
