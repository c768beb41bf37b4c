"""Ideas: recording one, and finding similar ones."""
