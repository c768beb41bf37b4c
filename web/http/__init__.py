"""What every request passes: identity, security, errors, context of templates."""
