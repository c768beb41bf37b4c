"""Editions of the programme: what people see of them and do with them."""
