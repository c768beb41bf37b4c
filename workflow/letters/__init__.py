"""Letters that people of the office write, edit, look through and approve."""
