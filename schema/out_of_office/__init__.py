"""Days away in the GraphQL API."""
