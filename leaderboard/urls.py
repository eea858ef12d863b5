"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter

from leaderboard.models import Board
from leaderboard.views import (
    board,
    board_files,
    changes,
    compare,
    decisions,
    entry,
    explore,
    grading,
    health,
    how,
    live,
    mine,
    people,
    recordings,
    replay,
    site,
)


class NumberConverter(IntConverter):
    """A number that a database takes: of more digits there is nothing."""

    regex = "[0-9]{1,18}"


register_converter(NumberConverter, "number")

urlpatterns = [
    path("", board.home, name="home"),
    path("c/<slug:slug>/", board.leaderboard, name="leaderboard"),
    path(
        "c/<slug:slug>/weights/",
        board.leaderboard,
        {"board": Board.WEIGHTS},
        name="leaderboard_weights",
    ),
    path("c/<slug:slug>/board.csv", board_files.as_csv, name="leaderboard_csv"),
    path("c/<slug:slug>/board.json", board_files.as_json, name="leaderboard_json"),
    path(
        "c/<slug:slug>/weights/board.csv",
        board_files.as_csv,
        {"board": Board.WEIGHTS},
        name="leaderboard_weights_csv",
    ),
    path(
        "c/<slug:slug>/weights/board.json",
        board_files.as_json,
        {"board": Board.WEIGHTS},
        name="leaderboard_weights_json",
    ),
    path("c/<slug:slug>/explore/", explore.explore, name="explore"),
    path("c/<slug:slug>/explore/points.json", explore.points_json, name="explore_points"),
    path("c/<slug:slug>/explore/column.json", explore.column_json, name="explore_column"),
    path(
        "c/<slug:slug>/weights/explore/",
        explore.explore,
        {"board": Board.WEIGHTS},
        name="explore_weights",
    ),
    path(
        "c/<slug:slug>/weights/explore/points.json",
        explore.points_json,
        {"board": Board.WEIGHTS},
        name="explore_weights_points",
    ),
    path(
        "c/<slug:slug>/weights/explore/column.json",
        explore.column_json,
        {"board": Board.WEIGHTS},
        name="explore_weights_column",
    ),
    path("c/<slug:slug>/submit/", entry.submit, name="submit"),
    path("c/<slug:slug>/submit/preview/", entry.preview, name="submit_preview"),
    path("submissions/<number:pk>/", grading.submission, name="submission"),
    path("submissions/<number:pk>/live/", live.live, name="submission_live"),
    path("submissions/<number:pk>/events/", live.events, name="submission_events"),
    path("submissions/<number:pk>/config.json", grading.config, name="submission_config"),
    path("submissions/<number:pk>/weights", grading.weights, name="submission_weights"),
    path("submissions/<number:pk>/bundle.zip", grading.bundle, name="submission_bundle"),
    path(
        "submissions/<number:pk>/runs/<int:training>-<int:run>",
        recordings.submission_run,
        name="submission_run",
    ),
    path(
        "baselines/<number:pk>/runs/<int:training>-<int:run>",
        recordings.baseline_run,
        name="baseline_run",
    ),
    path("submissions/<number:pk>/replay/", replay.replay, name="replay"),
    path("baselines/<number:pk>/replay/", replay.baseline_replay, name="baseline_replay"),
    path("submissions/<number:pk>/cancel/", changes.cancel, name="submission_cancel"),
    path("submissions/<number:pk>/withdraw/", changes.withdraw, name="submission_withdraw"),
    path("submissions/<number:pk>/again/", decisions.again, name="submission_again"),
    path(
        "submissions/<number:pk>/gradings/<number:evaluation>/apply/",
        decisions.apply,
        name="submission_apply",
    ),
    path("compare/", compare.compare, name="compare"),
    path("how/", how.how, name="how"),
    path("mine/", mine.mine, name="mine"),
    path("p/<number:participant>/", people.participant, name="participant"),
    path("accounts/car/", people.car, name="car"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.figures, name="metrics"),
    path("robots.txt", site.robots, name="robots"),
    path("favicon.ico", site.favicon, name="favicon"),
    # before allauth's own: without a mail server the page must not promise a letter
    path("accounts/password/reset/", site.password_reset),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "leaderboard.views.site.bad_request"
