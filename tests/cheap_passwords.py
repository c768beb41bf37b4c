"""Passwords that are cheap to check, in the test processes alone: a real hash costs as much as the rest of a small test."""

from argon2 import PasswordHasher

from workflow.accounts import passwords

# What the product uses; the processes that a test starts use it too.
REAL = passwords.HASHER


def hash_cheaply() -> None:
    """Let every hash of this process be made and checked with the least that argon2 takes."""
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
