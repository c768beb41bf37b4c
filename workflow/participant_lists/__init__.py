"""Lists of participants as people send them: read within limits, checked, shown, and loaded all or not at all."""
