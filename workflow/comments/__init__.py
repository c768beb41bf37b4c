"""The discussion of a proposal: who reads which comment, comments, suggested texts."""
