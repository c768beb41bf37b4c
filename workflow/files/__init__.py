"""Files that people hand in: their names, what they really are, and where their bytes lie."""
