"""Tests of the partnership agreement."""
