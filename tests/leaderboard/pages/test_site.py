"""Life, robots, fault pages, and the pages around an account."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError, connection
from django.template.loader import get_template
from django.test import Client

from leaderboard.models import User
from tests.leaderboard.pages.reading import Page, text_of

pytestmark = pytest.mark.django_db


def refuse(execute, sql, parameters, many, context):
    raise OperationalError("the database is away")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_machines_ask_needs_no_session_and_is_never_kept(client, path):
    response = client.get(path)
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


def test_a_process_that_answers_lives_whatever_the_database_does(client):
    with connection.execute_wrapper(refuse):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_robots_are_kept_from_accounts_and_from_pages_without_end(client):
    told = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /accounts/", "Disallow: /compare/"} < set(told)


def test_a_fault_is_a_page_that_needs_nothing(competition):
    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(refuse):
        response = client.get("/c/spring/")
    assert response.status_code == 500
    assert "Something broke on our side" in text_of(response)
    assert Page(response).refused_by_a_strict_policy() == []
    assert "Overtake" in get_template("500.html").render()


def test_signing_up_logs_in_and_shows_the_display_name(client, competition):
    response = client.post(
        "/accounts/signup/?next=/c/spring/submit/",
        {
            "username": "dora",
            "display_name": "Dora",
            "password1": "a fair passphrase",
            "password2": "a fair passphrase",
            "next": "/c/spring/submit/",
        },
    )
    assert response.url == "/c/spring/submit/"
    page = text_of(client.get(response.url))
    assert "<bdi>Dora</bdi>" in page
    assert User.objects.get(username="dora").display_name == "Dora"


def test_a_login_leads_back_to_the_very_page_and_not_to_itself(client, competition):
    def doors(answer):
        links = [it for it in Page(answer).values("href") if it and "/accounts/" in it]
        return {
            parse_qs(urlsplit(it).query).get("next", [""])[0] for it in links if "reset" not in it
        }

    page = "/c/spring/?q=a&at=2026-01-01"
    assert doors(client.get(page)) == {page}
    assert doors(client.get("/c/spring/?q=" + "a" * 5000)) == {"/c/spring/"}
    assert doors(client.get("/no/such/?page=1")) == {"/no/such/?page=1"}
    for door in ("login", "signup"):
        assert doors(client.get(f"/accounts/{door}/")) == {""}
        asked = {"next": page}
        assert doors(client.get(f"/accounts/{door}/", asked)) == {page}
        assert doors(client.post(f"/accounts/{door}/", asked)) == {page}


def test_a_refused_sign_up_keeps_what_was_typed_and_says_why(client, alice):
    response = client.post("/accounts/signup/", {"username": "al", "display_name": "ALlCE"})
    page = Page(response)
    assert page.named("display_name").attributes["value"] == "ALlCE"
    assert "one that looks like it" in text_of(response)


def test_logging_out_is_a_button(as_alice, competition):
    assert "Log out?" in text_of(as_alice.get("/accounts/logout/"))
    assert as_alice.post("/accounts/logout/").status_code == 302
    assert as_alice.get("/mine/").status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_mail_server_the_password_page_says_whom_to_ask(client, settings, method):
    settings.HAS_MAIL = False
    response = getattr(client, method)("/accounts/password/reset/", {"email": "a@example.org"})
    assert response.status_code == 200
    assert "This site has no mail server" in text_of(response)
    assert "email" not in Page(response).values("name")


def test_with_a_mail_server_it_sends_a_letter(client, settings, mailoutbox):
    settings.HAS_MAIL = True
    User.objects.create_user("dora", "dora@example.org", "a fair passphrase", display_name="Dora")
    assert Page(client.get("/accounts/password/reset/")).named("email")
    response = client.post("/accounts/password/reset/", {"email": "dora@example.org"})
    assert response.status_code == 302
    assert len(mailoutbox) == 1


def test_an_organisers_link_leads_to_a_new_password_and_from_there_to_the_login(client, alice):
    uid, token = user_pk_to_url_str(alice), default_token_generator.make_token(alice)
    link = f"/accounts/password/reset/key/{uid}-{token}/"
    form = client.get(link, follow=True)
    assert Page(form).named("password1")
    words = {"password1": "another fair phrase", "password2": "another fair phrase"}
    done = client.post(form.redirect_chain[-1][0], words, follow=True)
    assert "Your password is changed" in text_of(done)
    assert "/accounts/login/" in Page(done).values("href")
    assert client.login(username="alice", password="another fair phrase")
    assert "This link is used up" in text_of(Client().get(link, follow=True))


def test_a_link_with_a_part_lost_says_where_to_get_a_whole_one(client, db):
    response = client.get("/accounts/password/reset/key/1-abc/")
    assert response.status_code == 200
    assert "/accounts/password/reset/" in Page(response).values("href")
    assert "This link is used up" in text_of(response)


@pytest.mark.parametrize(
    "path",
    [
        *("login/", "signup/", "logout/", "password/change/", "email/", "2fa/", "inactive/"),
        *("car/", "reauthenticate/"),
    ],
)
def test_account_pages_are_in_the_design(client, as_alice, path):
    one = client if path in {"login/", "signup/"} else as_alice
    response = one.get(f"/accounts/{path}")
    assert response.status_code == 200
    page = Page(response)
    assert [it.attributes["class"] for it in page.elements if it.tag == "main"] == ["narrow"]
    assert "Menu:" not in text_of(response)
    labelled = set(page.values("for"))
    for it in page.elements:
        if it.tag == "input" and it.attributes.get("type") not in {"hidden", "submit"}:
            assert it.attributes.get("id") in labelled or "aria-hidden" in it.attributes


def test_a_wrong_method_is_told_to_people_and_costs_machines_nothing(client, graded):
    path = f"{graded.get_absolute_url()}cancel/"
    people = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (people.status_code, people["Allow"]) == (405, "POST")
    assert "Nothing was changed" in text_of(people)
    assert client.get(path, headers={"Accept": "*/*"}).content == b""


@pytest.mark.parametrize("code", ["400", "403", "404", "405", "413", "429", "500"])
def test_every_refusal_says_what_to_do_and_has_a_link_that_leads_somewhere(
    code, rf, competition, client
):
    request = rf.get("/c/spring/")
    request.user = AnonymousUser()
    page = get_template(f"{code}.html").render({"limit": 1024, "path": "/c/spring/"}, request)
    assert f">{code}</text>" in page
    (link,) = re.findall(r'class="actions">\s*<a class="[^"]*" href="([^"]+)"', page)
    assert client.get(link).status_code in {200, 302}


def test_a_fault_asks_nothing_of_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert "To the board" in get_template("500.html").render()


def test_a_second_factor_is_set_up_asked_for_and_removed(client, alice, competition):
    words = {"login": "alice", "password": "a fair passphrase"}
    client.post("/accounts/login/", words)
    asked = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert "Your password, once more" in text_of(asked)
    form = client.post(asked.redirect_chain[-1][0], {"password": words["password"]}, follow=True)
    secret = Page(form).having("readonly")[0].attributes["value"]
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "Incorrect code" in text_of(wrong)
    code = {
        "code": format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    }
    client.post("/accounts/2fa/totp/activate/", code)
    codes = client.get("/accounts/2fa/recovery-codes/")
    assert "10 of 10 are" in text_of(codes)
    spare = re.search(r'class="codes"[^>]*>(\S+)', codes.text)[1]

    other = Client()
    asked = other.post("/accounts/login/", words, follow=True)
    assert "A code from your authenticator app" in text_of(asked)
    assert other.get("/mine/").status_code == 302
    other.post("/accounts/2fa/authenticate/", {"code": spare})
    assert other.get("/mine/").status_code == 200

    assert "do not work any more" in text_of(client.get("/accounts/2fa/recovery-codes/generate/"))
    assert "Your password alone" in text_of(client.get("/accounts/2fa/totp/deactivate/"))
    client.post("/accounts/2fa/totp/deactivate/")
    assert "Not set up." in text_of(client.get("/accounts/2fa/"))
