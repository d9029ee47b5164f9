"""Event types in the GraphQL API."""
