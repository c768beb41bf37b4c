"""Pages of the product beside a bare Flask page over one query, in one process, without a network."""

from bench.steps import Stage


def measure(_stage: Stage) -> dict[str, tuple[float, float, float]]:
    """Page -> requests a second, those of the bare page, and how many times as long."""
    return {}
