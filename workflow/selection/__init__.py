"""The selection of projects by the steering committee."""
