"""API keys: create, refresh, revoke."""
