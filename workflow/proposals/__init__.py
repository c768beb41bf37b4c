"""Proposals as people look for them: lists, search, the worklist, the timeline."""
