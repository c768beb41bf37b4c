"""The submission of a project: receipts and what is checked."""
