"""What a page shows, made from facts."""
