"""The group of a proposal: invitations, requests to join, tasks, members."""
