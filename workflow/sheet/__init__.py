"""The project sheet: editing, versions, comparison, PDF."""
