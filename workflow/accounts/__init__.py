"""Who is who: passwords, sessions, links in mails, second factors, keys for programs. Knows no web framework."""

from workflow.accounts.sealing import open_secret, seal

__all__ = ["open_secret", "seal"]
