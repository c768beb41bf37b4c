"""Tests of the agenda, the remote and the screen of a conference."""
