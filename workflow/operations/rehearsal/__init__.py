"""Rehearsals: an edition copied into a throw-away database, and its clock moved through all deadlines."""
