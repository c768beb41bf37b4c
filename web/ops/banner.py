"""What `run` prints when the product is ready: the address and the demo accounts."""

from workflow.base.settings import Settings

ACCOUNTS = (
    ("pracownik@example.org", "staff"),
    ("lider@example.org", "leader of a group, owner of a Płock proposal"),
    ("lider2@example.org", "leader of another group"),
    ("przewodniczacy@example.org", "chair of the committee"),
    ("komitet1@example.org ... komitet6@example.org", "members of the committee"),
    ("protokolant@example.org", "minute-taker of the committee"),
    ("koordynator@example.org", "coordinator"),
    ("animator@example.org", "animator"),
    ("partner@example.org", "a partner of the agreement"),
    ("starosta@example.org", "initiator of the programme: figures, overdue reports at last"),
    ("odwolania@example.org", "appeal body"),
    ("uczestnik@example.org", "participant"),
    ("admin@example.org", "administrator"),
)


def welcome(settings: Settings, *, demo: bool) -> str:
    """The last words of the start; a password of one's own is not repeated."""
    lines = ["", f"Partnerstwo is ready: {settings.base_url}"]
    if demo:
        password = "as you set it" if settings.own_demo_password else settings.demo_password
        width = max(len(address) for address, _ in ACCOUNTS)
        lines += ["", f"Demo accounts (password: {password})"]
        lines += [f"  {address.ljust(width)}  {role}" for address, role in ACCOUNTS]
    if settings.mail.folder:
        lines += ["", f"Letters are written to {settings.mail.folder}"]
    return "\n".join([*lines, "", "Ctrl-C stops everything.", ""])
