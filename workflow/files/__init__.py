"""Files that people hand in: their names, content types, storage."""
