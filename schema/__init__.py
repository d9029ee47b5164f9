"""The GraphQL front: types and resolvers over the services, and the HTTP and WebSocket endpoint `/graphql`."""
