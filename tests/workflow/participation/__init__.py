"""Tests of registration, passes and check-in."""
