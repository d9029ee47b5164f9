"""Who the caller is: API keys and passwords."""
