"""Pabulib files (`.pb`): elections of participatory budgets, read strictly and written without personal data."""
