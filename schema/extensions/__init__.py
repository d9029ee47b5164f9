"""What surrounds the execution of one operation: documents, limits, cost, contexts."""
