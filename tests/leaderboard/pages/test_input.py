"""Whatever is sent, the answer is a page with a message, never a fault of the site."""

import json
import re
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leaderboard.models import Submission
from leaderboard.urls import urlpatterns
from tests.leaderboard.pages.reading import typed

pytestmark = pytest.mark.django_db
thorough = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ANSWERS = {200, 302, 400, 403, 404, 413, 422}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
names = st.sampled_from(["gamma", "layers", "trainer", "lanes_side", "units", "epsilon_min"])
configs = st.dictionaries(names | st.text(), values, max_size=5)
fragments = st.sampled_from(
    [
        *'{}[]:,"-&*',
        *("\\ud800", '"gamma"', "1e999", "NaN", "- ", "\n", "&a", "*a", "!!python/object:x"),
        *("\x00", "\u2028", "\ufeff", "\N{AUTOMOBILE}", "0.4", "<b>", "\r"),
    ]
)
# a body is bytes; what is not UTF-8 is another test's
characters = st.characters(exclude_categories=["Cs"])
texts = st.text(characters, max_size=200) | st.lists(fragments, max_size=30).map("".join)


@pytest.fixture
def post(as_alice, competition):
    def post(**fields):
        return as_alice.post("/c/spring/submit/", fields)

    return post


@thorough
@given(source=texts, title=texts, note=texts, action=st.sampled_from(["submit", "check", ""]))
def test_any_text_gets_an_answer_and_stays(post, source, title, note, action):
    response = post(source=source, title=title, note=note, action=action)
    assert response.status_code in ANSWERS
    if response.status_code == 422:
        assert typed(response) == source.replace("\r\n", "\n").replace("\r", "\n")


@thorough
@given(config=configs)
def test_any_json_gets_an_answer(post, config):
    assert post(source=json.dumps(config), action="check").status_code in ANSWERS


@thorough
@given(content=st.binary(max_size=300), name=texts)
def test_any_file_gets_an_answer(as_alice, competition, content, name):
    # written by hand: Django's own client refuses to send what Django must be ready to get
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--edge--\r\n"
    response = as_alice.generic(
        "POST", "/c/spring/submit/", body, "multipart/form-data; boundary=edge"
    )
    assert response.status_code in ANSWERS


@thorough
@given(body=st.binary(max_size=300), kind=st.sampled_from(["urlencoded", "json", "plain", "xml"]))
def test_any_body_gets_an_answer(as_alice, competition, body, kind):
    kinds = {"urlencoded": "application/x-www-form-urlencoded", "plain": "text/plain"}
    response = as_alice.generic(
        "POST", "/c/spring/submit/", body, kinds.get(kind, f"application/{kind}")
    )
    assert response.status_code in ANSWERS


@thorough
@given(body=st.binary(max_size=200))
def test_a_broken_multipart_body_gets_an_answer(as_alice, competition, body):
    response = as_alice.generic(
        "POST", "/c/spring/submit/", b"--x\r\n" + body, "multipart/form-data; boundary=x"
    )
    assert response.status_code in ANSWERS


@thorough
@given(name=st.sampled_from(["page", "state", "from", "preset"]), value=st.text(max_size=60))
def test_any_question_in_the_address_gets_an_answer(as_alice, graded, name, value):
    value = value.encode(errors="replace").decode()
    for path in ("/c/spring/", "/c/spring/submit/", graded.get_absolute_url(), "/mine/"):
        assert as_alice.get(path, {name: value}).status_code in {*ANSWERS, 204}


@pytest.mark.both_databases
def test_a_number_that_no_database_takes_is_nobodys(as_charlie, graded):
    routes = [str(it.pattern) for it in urlpatterns if "<number:" in str(it.pattern)]
    assert len(routes) > 10
    for route, digits in product(routes, (19, 4400)):
        address = re.sub("<(number|int):[a-z]+>", "9" * digits, route)
        assert as_charlie.get(f"/{address}").status_code == 404, address[:80]


@pytest.mark.parametrize("depth", [13, 2000, 30_000])
def test_deep_nesting_is_refused(post, depth):
    for opening, closing in (("[", "]"), ('{"layers":', "}")):
        source = opening * depth + "1" + closing * depth
        assert post(source=source, action="submit").status_code == 422
    assert not Submission.objects.exists()


def test_too_many_fields_get_a_page_that_says_so(as_alice, competition):
    response = as_alice.post("/c/spring/submit/", {f"f{number}": "x" for number in range(20_001)})
    assert response.status_code == 400
    assert b"That could not be read" in response.content
