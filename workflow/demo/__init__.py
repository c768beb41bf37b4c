"""The demonstration editions: historical ones from published sources, others played by legal steps."""
