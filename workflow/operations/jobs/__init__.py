"""Jobs: work longer than a second, asked for on a page, done by a worker, found again when a worker was killed."""
