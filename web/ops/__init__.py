"""Running the processes: supervisor, embedded broker, readiness, checks, metrics."""
