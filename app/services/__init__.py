"""One package per resource, one module per operation: the only code that writes (house rules in docs/architecture.md)."""
