"""The compose file promises what a server needs."""

import pytest

from tests.deploy.compose import SECRETS, compose_config, environment_of, resolved

OURS = {"migrate", "web", "worker", "dispatcher"}
LONG_RUNNING = {"web", "worker", "dispatcher", "db", "redis"}


@pytest.fixture(scope="module")
def services():
    return resolved()["services"]


def test_it_has_one_service_for_each_process(services):
    assert set(services) == LONG_RUNNING | {"migrate"}


def test_every_long_running_service_has_a_health_check_and_comes_back(services):
    for name in LONG_RUNNING:
        assert services[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert services[name]["restart"] == "unless-stopped", name


def test_the_migrations_run_once_and_before_everything_of_ours(services):
    assert services["migrate"]["command"] == ["python", "manage.py", "migrate", "--noinput"]
    assert services["migrate"]["restart"] == "no"
    assert services["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"
    for name in OURS - {"migrate"}:
        waits_for = {on: how["condition"] for on, how in services[name]["depends_on"].items()}
        assert waits_for == {
            "migrate": "service_completed_successfully",
            "db": "service_healthy",
            "redis": "service_healthy",
        }, name


def test_redis_writes_messages_down_and_never_evicts_one(services):
    command = services["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_what_must_survive_is_in_named_volumes(services):
    mounted = {
        (name, mount["target"]): mount["source"]
        for name, service in services.items()
        for mount in service.get("volumes", [])
        if mount["type"] == "volume"
    }
    assert mounted["db", "/var/lib/postgresql/data"] == "db"
    assert mounted["redis", "/data"] == "redis"
    for name in OURS:
        assert mounted[name, environment_of(services[name])["OVERTAKE_DATA"]] == "data"


def test_only_the_site_is_published_and_only_on_loopback(services):
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"web"}
    assert [(port["host_ip"], port["published"]) for port in published["web"]] == [
        ("127.0.0.1", "8000")
    ]


def test_only_the_site_has_a_way_out(services):
    assert resolved()["networks"]["inside"]["internal"] is True
    for name, service in services.items():
        assert set(service["networks"]) == ({"inside", "outside"} if name == "web" else {"inside"})


def test_our_containers_can_do_no_more_than_they_must(services):
    for name in OURS:
        assert services[name]["read_only"] is True, name
        assert services[name]["cap_drop"] == ["ALL"], name
        assert services[name]["security_opt"] == ["no-new-privileges:true"], name


def test_the_worker_is_polite_and_gets_time_to_hand_its_work_back(services):
    assert services["worker"]["command"][:3] == ["nice", "-n", "10"]
    others = [services[name].get("cpu_shares", 1024) for name in LONG_RUNNING - {"worker"}]
    assert services["worker"]["cpu_shares"] <= min(others) / 10
    assert services["worker"]["stop_grace_period"] == "1m0s"


@pytest.mark.parametrize("secret", sorted(SECRETS))
@pytest.mark.parametrize("instead", [None, ""], ids=["missing", "empty"])
def test_a_secret_that_is_not_set_is_named_together_with_the_place_to_set_it(secret, instead):
    settings = {**SECRETS, secret: instead}
    done = compose_config({name: it for name, it in settings.items() if it is not None})
    assert done.returncode != 0
    assert f"required variable {secret} is missing a value: set it in .env" in done.stderr


def test_pages_are_answered_by_two_processes_or_as_many_as_wanted():
    web = resolved(WEB_PROCESSES="4")["services"]["web"]
    assert environment_of(web)["WEB_PROCESSES"] == "4"
    assert web["command"][:3] == ["python", "-m", "leaderboard.web"]


def test_settings_without_a_value_stay_unset_and_others_reach_the_site():
    assert "EMAIL_URL" not in environment_of(resolved()["services"]["web"])
    web = resolved(EMAIL_URL="smtp://mail:25", ALLOWED_HOSTS="a.example")["services"]["web"]
    assert environment_of(web)["EMAIL_URL"] == "smtp://mail:25"
    assert environment_of(web)["ALLOWED_HOSTS"] == "a.example,127.0.0.1"
