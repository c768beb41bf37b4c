"""The face in the mailbox. Read in this order: deliver, render, mail, sweep, app."""
