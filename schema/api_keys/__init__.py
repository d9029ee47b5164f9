"""API keys in the GraphQL API."""
