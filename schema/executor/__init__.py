"""Preparing documents and executing them faster than field by field."""
