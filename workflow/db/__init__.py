"""The database: transactions, compiled statements, checks of the schema."""
