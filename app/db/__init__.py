"""The database: connections, raw SQL, the unit of work and migrations. Both dialects behave alike from here upwards."""
