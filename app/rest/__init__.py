"""The compatibility shim: documented REST operations as rows of data over the same services that GraphQL calls."""
