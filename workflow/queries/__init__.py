"""What people see: reads only, a fixed number of statements for each page, frozen rows."""
