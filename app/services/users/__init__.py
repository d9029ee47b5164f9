"""People: sign up, profile, look-ups."""
