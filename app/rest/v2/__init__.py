"""API v2: one module per resource with its models, commands, renderers and rows."""
