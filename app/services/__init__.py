"""One package per resource, one module per operation: the only code that writes. See docs/architecture.md."""
