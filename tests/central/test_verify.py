"""Anybody with a paper's code learns what was issued, masked; nobody else learns anything."""

import re
from html.parser import HTMLParser

import pytest

from central.words import WORDS
from contract import codes
from tests.central.server import Central
from tests.central.terminal import Terminal
from tests.central.test_sync import deliver, refused
from tests.central.values import NUMBER, Journal, WrittenCase, both, new_code


class Page(HTMLParser):
    """The page's text, and what it refers to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.references: list[str] = []
        self.tags: set[str] = set()
        self.language = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        found = dict(attrs)
        if tag == "html":
            self.language = found.get("lang") or ""
        self.references += [value for key, value in attrs if key in {"href", "src", "action"} and value]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def issued(central: Central, journal: Journal, terminal: Terminal) -> WrittenCase:
    case = journal.whole_case()
    deliver(central, journal.batch(), terminal)
    return case


def says(page: Page, key: str, language: str = "zh") -> bool:
    return WORDS[key].pick(language) in page.text


def test_an_issued_document_is_shown_with_masked_facts_and_who_issued_it(
    central: Central, issued: WrittenCase, kiosk: str
) -> None:
    response = central.get("/verify", code=issued.code)
    page = Page(response.text)
    assert response.status_code == 200
    assert says(page, "found.status")
    assert says(page, "found.match")
    for shown in ("参保证明", "张**", "210104********9991", "测试大厅", "人社局", kiosk, "2026年11月21日 16:53"):
        assert shown in page.text
    assert codes.group(issued.code) in page.text


def test_the_page_and_its_twin_never_hold_the_whole_number_or_name(central: Central, issued: WrittenCase) -> None:
    for response in (
        central.get("/verify", code=issued.code),
        central.get("/verify", code=issued.code, lang="en"),
        central.get(f"/v1/documents/{issued.code}"),
    ):
        assert response.status_code == 200
        bare = re.sub(r"\s|<[^>]*>", "", response.text)
        assert NUMBER not in bare
        assert "张测试" not in bare
        assert issued.visit not in bare


@pytest.mark.parametrize("written", [NUMBER, f"号码 {NUMBER}", "210104 19900307 9991"])
def test_a_number_that_a_terminal_forgot_to_mask_is_masked_here(
    central: Central, journal: Journal, terminal: Terminal, written: str
) -> None:
    case = journal.whole_case(facts=[{"label": both("号码", "Number"), "value": written}])
    deliver(central, journal.batch(), terminal)
    (fact,) = central.get(f"/v1/documents/{case.code}").json()["facts"]
    assert fact["value"] == "210104********9991"


def test_the_page_is_there_in_english_by_switch_and_by_the_browser(central: Central, issued: WrittenCase) -> None:
    switched = Page(central.get("/verify", code=issued.code, lang="en").text)
    assert switched.language == "en"
    assert says(switched, "found.status", "en")
    assert "Human Resources" in switched.text
    assert any(f"code={issued.code}" in link and "lang=zh" in link for link in switched.references)
    browser = central.session.get(f"{central.address}/verify", headers={"Accept-Language": "en-GB,zh;q=0.5"}, timeout=9)
    assert Page(browser.text).language == "en"
    assert Page(central.get("/verify").text).language == "zh-CN"


@pytest.mark.parametrize("how", ["lower", "grouped", "spaced", "letters"])
def test_a_code_may_be_typed_as_people_type(central: Central, journal: Journal, terminal: Terminal, how: str) -> None:
    case = journal.whole_case()
    body = "01" + new_code()[2:15]
    code = body + codes.check_character(body)
    journal.events[1]["body"]["document"]["verification_code"] = code
    deliver(central, journal.batch(), terminal)
    typed = {
        "lower": code.lower(),
        "grouped": codes.group(code).lower(),
        "spaced": f"  {' '.join(code)} ",
        "letters": "OL" + code[2:],
    }[how]
    assert central.get("/verify", code=typed).status_code == 200
    assert central.get(f"/v1/documents/{typed.strip()}").json()["verification_code"] == code
    assert case.code != code


def test_a_mistyped_code_is_called_a_typing_error(central: Central, issued: WrittenCase) -> None:
    wrong = issued.code[:-1] + ("0" if issued.code[-1] != "0" else "1")
    response = central.get("/verify", code=wrong)
    assert response.status_code == 422
    assert says(Page(response.text), "typo.status")
    assert says(Page(response.text), "typo.lead")
    refused(central.get(f"/v1/documents/{wrong}"), 422, "malformed-code")


def test_an_unknown_code_says_what_that_may_mean_and_what_to_do(central: Central) -> None:
    unknown = new_code()
    response = central.get("/verify", code=unknown)
    page = Page(response.text)
    assert response.status_code == 404
    assert all(says(page, f"unknown.{key}") for key in ("status", "typing", "offline", "forged"))
    refused(central.get(f"/v1/documents/{unknown}"), 404, "unknown-document")


def test_a_print_that_failed_is_not_shown_as_good(central: Central, journal: Journal, terminal: Terminal) -> None:
    case = journal.whole_case("failed")
    deliver(central, journal.batch(), terminal)
    page = Page(central.get("/verify", code=case.code).text)
    assert says(page, "failed.status")
    assert not says(page, "found.status")
    assert central.get(f"/v1/documents/{case.code}").json()["print"] == "failed"


def test_what_is_typed_comes_back_as_text_only(central: Central) -> None:
    response = central.get("/verify", code='"><script>alert(1)</script>')
    assert response.status_code == 422
    assert "script" not in Page(response.text).tags


@pytest.mark.parametrize("path", ["/", "/verify", "/verify?code=K7QW-2M9X-R4TB-8ZCN", "/verify?code=x", "/?lang=en"])
def test_pages_load_nothing_from_elsewhere_and_are_never_stored(central: Central, path: str) -> None:
    response = central.get(path)
    page = Page(response.text)
    assert page.references
    assert all(link.startswith(("/", "#")) for link in page.references)
    assert "script" not in page.tags
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in response.headers
    assert "Server" not in response.headers
    for link in page.references:
        if not link.startswith("#"):
            assert central.get(link).status_code in {200, 404, 422}


def test_who_guesses_is_slowed_down_and_others_are_not(central: Central) -> None:
    guesses = (f"/verify?code={new_code()}" for _ in range(500))
    assert 429 in (central.get_from("127.0.0.66", guess) for guess in guesses)
    documents = (f"/v1/documents/{new_code()}" for _ in range(500))
    assert 429 in (central.get_from("127.0.0.66", document) for document in documents)
    assert central.get_from("127.0.0.67", f"/v1/documents/{new_code()}") == 404
    assert central.get_from("127.0.0.66", "/verify") == 200


def test_the_log_knows_routes_and_nothing_of_codes_or_persons(central: Central, issued: WrittenCase) -> None:
    central.get("/verify", code=issued.code)
    central.get(f"/v1/documents/{issued.code}")
    central.get("/no-such-page/" + issued.code)
    log = central.log.read_text()
    assert "/v1/documents/{code}" in log
    for secret in (issued.code, NUMBER, "测试", "张", "Bearer"):
        assert secret not in log
