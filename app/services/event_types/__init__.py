"""Event types, personal and of teams."""
