"""Teams and memberships in the GraphQL API."""
