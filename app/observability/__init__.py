"""Logs, metrics and traces: what operators see, without anything that belongs to users."""
