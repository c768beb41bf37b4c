"""Takes a step of a subject: reads facts under lock, decides, writes the move, keeps the history."""
