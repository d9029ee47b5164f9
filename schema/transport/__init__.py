"""The endpoint /graphql over HTTP, server-sent events and WebSocket."""
