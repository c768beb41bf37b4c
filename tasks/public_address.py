"""Whether an address on the internet is a public one, so that a call from here reaches nothing of our own network."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# Addresses of IPv4 as a translator writes them (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


class PrivateAddressError(Exception):
    """A name leads to an address that is not public."""


def is_public(address: str) -> bool:
    """Whether an address is reachable from anywhere; where it carries an IPv4 address inside, whether that one is."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and (inner := _inner(ip)) is not None:
        ip = inner
    return ip.is_global and not ip.is_multicast


def _inner(ip: IPv6Address) -> IPv4Address | None:
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host; raises PrivateAddressError where any of them is not public, OSError for none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    private = [address for address in addresses if not is_public(address)]
    if private:
        raise PrivateAddressError(f"{host} leads to {private[0]}, which is not a public address")
    return addresses
