"""Outbox, deliveries, messages and their texts, recipients, inbox and delivery log."""
