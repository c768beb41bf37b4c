"""Settings, refusals, languages, the calendar, collation and addresses: what every other package may use."""
