"""What is shot: every page by its name, its address, and who looks at it."""

from typing import NamedTuple


class Shot(NamedTuple):
    """`path` may name what the season knows: {graded}, {running} ...

    Where `there` is a selector, the picture waits for it.
    """

    name: str
    path: str
    login: str = ""
    there: str = ""


SHOTS = [
    Shot("board", "/c/demo/"),
    Shot("board-own", "/c/demo/", "vera"),
    Shot("how", "/how/"),
    Shot("submit", "/c/demo/submit/", "vera"),
    Shot("submission", "{graded}", "vera"),
    Shot("submission-public", "{graded}"),
    Shot("submission-organiser", "{graded}", "admin"),
    Shot("submission-running", "{running}", "vera"),
    Shot("submission-queued", "{queued}", "mira"),
    Shot("submission-failed", "{failed}", "vera"),
    Shot("replay", "{graded}replay/?at=745", there="#replay[data-ready]"),
    Shot("replay-three", "{graded}replay/?run=1&at=745", there="#replay[data-ready]"),
    Shot("replay-beside", "{graded}replay/?beside={other}&at=745", there="#replay[data-ready]"),
    Shot("replay-baseline", "/baselines/1/replay/?at=745", there="#replay[data-ready]"),
    Shot("withdraw", "{graded}withdraw/", "vera"),
    Shot("mine", "/mine/", "vera"),
    Shot("mine-empty", "/mine/", "new"),
    Shot("participant", "{participant}"),
    Shot("car", "/accounts/car/", "vera"),
    Shot("compare", "{compared}"),
    Shot("compare-choose", "/compare/", "vera"),
    Shot("explore", "/c/demo/explore/"),
    Shot("explore-method", "/c/demo/explore/?x=patches_ahead&c=trainer.method", "vera"),
    Shot("login", "/accounts/login/"),
    Shot("signup", "/accounts/signup/"),
    Shot("password-reset", "/accounts/password/reset/"),
    Shot("email", "/accounts/email/", "vera"),
    Shot("password", "/accounts/password/change/", "vera"),
    Shot("second-factor", "/accounts/2fa/", "vera"),
    Shot("second-factor-setup", "/accounts/2fa/totp/activate/", "vera"),
    Shot("logout", "/accounts/logout/", "vera"),
    Shot("403", "{graded}withdraw/", "mira"),
    Shot("404", "/no/such/page/"),
    Shot("405", "{graded}cancel/", "vera"),
    Shot("500", "/500"),
]
