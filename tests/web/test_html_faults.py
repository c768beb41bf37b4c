"""What the reader of HTML finds, and what it lets pass."""

import pytest

from tests.web.html_faults import html_faults


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("<p>A <form></form></p>", "<form> in <p>"),
        ("<td><span><details><summary>A</summary></details></span></td>", "<details> in <span>"),
        ("<p><a href=/x>A <div>b</div></a></p>", "<div> in <p>"),
        ("<a href=/x>A <button>b</button></a>", "<button> inside of <a>"),
        ("<form><div><form></form></div></form>", "<form> inside of <form>"),
        ("<ul><p>a</p></ul>", "<p> directly in <ul>"),
        ("<ul>a</ul>", "text directly in <ul>"),
        ("<div><li>a</li></div>", "<li> outside of a list"),
        ("<table><div></div></table>", "<div> directly in <table>"),
        ("<details><p>a</p><summary>b</summary></details>", "<summary> that is not the first"),
        ("<b id=a></b><i id=a></i>", "the id a stands 2 times"),
        ("<label for=a>A</label>", "for of <label> names a, which is not there"),
        ("<p aria-describedby='a b' id=a></p>", "names b, which is not there"),
        ("<p id='a b'></p>", "has the id"),
        ("<div><p></div>", "</div> where <p>"),
        ("<div>", "never closed"),
        ("<p></p></p>", "</p> where nothing is open"),
        ("<a class=x class=y>A</a>", "has class twice"),
        ("<a href=/x></a>", "an empty <a> /x"),
        ("<a href=/x><svg><path d='M0'/></svg> <b> </b></a>", "an empty <a> /x"),
        ("<a href>A</a>", "empty href"),
        ("<button></button>", "an empty <button>"),
        ("<img src=x>", "without alt"),
        ("<dl></dl>", "an empty <dl>"),
    ],
)
def test_html_that_the_standard_forbids_is_found(page: str, fault: str) -> None:
    assert [found for found in html_faults(page) if fault in found], html_faults(page)


@pytest.mark.parametrize(
    "page",
    [
        "<label for=a>A</label><input id=a>",
        "<a href=/x><div>A</div></a>",
        "<a href=/x><img src=x alt=A></a>",
        "<a href=/x><svg><title>A</title><path d='M0'/></svg></a>",
        "<a href=/x aria-label=A></a>",
        "<details><summary><h2>A</h2></summary><form></form></details>",
        "<fieldset><legend><h2>A</h2></legend></fieldset>",
        "<table><tr><td><ul><li>a</li></ul></td></tr></table>",
        "<dl><div><dt>a</dt><dd>b</dd></div></dl>",
        "<label>A <input></label>",
    ],
)
def test_html_that_the_standard_allows_passes(page: str) -> None:
    assert html_faults(page) == []
