"""People in the GraphQL API."""
