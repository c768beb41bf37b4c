"""Keeping an installation alive: backups, health, heartbeats."""
