import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.base.addresses import domain_for_mail, folded_address, read_address

AROUND = ["{}", " {} ", "{},", "{}.", "{};", "mailto:{}", "MAILTO:{}", "<{}>", "Jan Kowalski <{}>", "Jan <mailto:{}>;",
          "mailto:{}?subject=Projekt&body=Dzie%C5%84", "mailto:%20{}%20", "<MAILTO:{}?cc=anna@example.org>", "„{}”.",
          "mailto://{}", "«{}»", "‹{}›,"]  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
def test_what_was_pasted_around_an_address_is_left_out(around: str) -> None:
    assert read_address(around.format("Jan.Kowalski@Example.org")) == "jan.kowalski@example.org"


@pytest.mark.parametrize(
    "given",
    ["jan", "jan@", "@example.org", "jan@example", "jan kowalski@example.org", "a@b@example.org", "jan@example..org",
     "jan@-example.org", "jan@1.2.3.4", "jan@[1.2.3.4]", "jan@example.org, anna@example.org",
     "jan@example.org anna@example.org", f"{'a' * 65}@example.org", f"a@{'b' * 64}.org", ""],
)  # fmt: skip
def test_an_address_that_is_not_certain_is_refused(given: str) -> None:
    assert read_address(given) is None


@pytest.mark.parametrize(
    ("domain", "on_the_wire"),
    [
        ("żółw.pl", "xn--w-uga1v8h.pl"),
        ("пошта.укр", "xn--80a1acn3a.xn--j1amh"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_domains_in_other_alphabets_are_kept_as_people_read_them_and_sent_as_servers_need_them(
    domain: str, on_the_wire: str
) -> None:
    assert read_address(f"jan@{domain}") == f"jan@{domain}"
    assert read_address(f"jan@{on_the_wire}") == f"jan@{domain}"
    assert domain_for_mail(domain) == on_the_wire


@pytest.mark.parametrize(
    "domain", ["ab--cd.org", "r3---x.example.org", "xn--53h.ws", "1and1.com", "x.museum", "a.b.c.d.e.pl"]
)
def test_every_name_that_a_server_can_have_is_taken(domain: str) -> None:
    assert read_address(f"Jan@{domain.upper()}") == f"jan@{domain}"
    assert domain_for_mail(domain) == domain


@pytest.mark.parametrize(
    "domain", ["xn--.org", "example.123", "example.-org", "example.org-", f"{'a.' * 127}org", "exa_mple.org"]
)
def test_what_no_server_can_be_called_is_refused(domain: str) -> None:
    assert read_address(f"jan@{domain}") is None


def test_letters_composed_or_not_and_invisible_signs_make_no_other_address() -> None:
    assert read_address("ja\u0301n@z\u0307o\u0301łw.pl") == read_address("J\u00c1N@\u017b\u00d3\u0141W.pl")
    assert read_address("jan\u200b@exa\u00admple.org") == "jan@example.org"


@given(st.text(max_size=40))
def test_what_is_kept_is_read_again_as_the_same(typed: str) -> None:
    kept = folded_address(typed)
    assert folded_address(kept) == kept
    if (address := read_address(typed)) is not None:
        assert read_address(address) == address


@given(st.from_regex(r"[a-z0-9]{1,20}(\.[a-z0-9]{1,10})?@[a-z0-9]{1,20}\.[a-z]{2,10}", fullmatch=True))
def test_a_plain_address_stays_as_it_is(address: str) -> None:
    assert read_address(address) == address
