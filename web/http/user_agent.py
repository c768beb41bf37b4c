"""A browser in words that its owner recognises, from what it says about itself."""

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip


def browser_name(described: str) -> str:
    """Such as "Firefox, Windows"; a dash when nothing is known."""
    browser = next((name for mark, name in BROWSERS if mark in described), "")
    system = next((name for mark, name in SYSTEMS if mark in described), "")
    return ", ".join(filter(None, (browser, system))) or described[:40] or "–"
