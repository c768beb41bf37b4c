"""People: roles, registration, import, consents of minors."""
