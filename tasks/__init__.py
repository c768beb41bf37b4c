"""The face in the mailbox. Read in this order: recipients, relay, deliver, render, mail, reminders, app."""
