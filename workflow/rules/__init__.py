"""The columns of a lifecycle table as pure functions: who may, only if, then, what is asked, deadlines, topics."""
