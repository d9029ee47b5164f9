"""HTTP around the fronts: health, metrics, the landing page, middleware and the server process."""
