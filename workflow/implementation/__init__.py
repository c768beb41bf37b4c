"""Projects under way: plan and milestones, changes, risks, promises, money, progress reports."""
