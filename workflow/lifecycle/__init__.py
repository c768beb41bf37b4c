"""Reads, validates, freezes and documents a lifecycle table."""
