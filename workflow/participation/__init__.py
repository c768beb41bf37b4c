"""Who takes part in a conference: registration, passes, check-in, attendance, certificates."""
