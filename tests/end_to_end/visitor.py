"""Somebody with a browser but without JavaScript: pages, forms, cookies, nothing else."""

import html
import re
from pathlib import Path

import httpx

from tests.processes import PATIENCE

PASSWORD = "a fair passphrase"
SMALL = """{"lanes_side": 0, "patches_ahead": 5,
 "layers": [{"type": "fc", "units": 2, "activation": "relu"}],
 "training_iterations": %d, "learning_steps_total": 1000, "learning_steps_burnin": 100}
"""


class Visitor(httpx.Client):
    """One visitor of the site at `base_url`, with cookies of its own."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url=base_url, follow_redirects=True, timeout=PATIENCE)

    def send_form(self, path: str, fields: dict[str, object], **more: object) -> httpx.Response:
        """Open the page with the form, then send it as a browser would."""
        page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, f"no form at {path}: {page.status_code}\n{page.text[:2000]}"
        return self.post(
            page.url,
            data={"csrfmiddlewaretoken": token[1], **fields},
            headers={"Referer": str(page.url)},
            **more,
        )

    def sign_up(self, name: str) -> None:
        page = self.send_form(
            "/accounts/signup/",
            {
                "username": name.lower().replace(" ", ""),
                "display_name": name,
                "email": "",
                "password1": PASSWORD,
                "password2": PASSWORD,
            },
        )
        assert "/accounts/signup/" not in str(page.url), page.text

    def log_in(self, login: str, password: str = PASSWORD) -> None:
        page = self.send_form("/accounts/login/", {"login": login, "password": password})
        assert "/accounts/login/" not in str(page.url), page.text

    def submit(
        self,
        competition: str,
        source: str = "",
        title: str = "",
        file: Path | None = None,
        **more: str,
    ) -> str:
        """Hand a configuration or a file in; the path of the submission's page."""
        page = self.send_form(
            f"/c/{competition}/submit/",
            {"source": source, "title": title, "note": "", "action": "submit", **more},
            files={"file": (file.name, file.read_bytes())} if file else None,
        )
        assert "/submissions/" in str(page.url), page.text
        return page.url.path

    def submission(self, path: str) -> dict[str, str]:
        """What a submission's page says of it: status, and score once there is one."""
        text = self.get(path).text
        return {
            name: html.unescape(found[1])
            for name in ("status", "score")
            if (found := re.search(rf'data-{name}="([^"]*)"', text))
        }

    def cancel(self, submission: str) -> None:
        page = self.get(submission)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        self.post(
            f"{submission}cancel/",
            data={"csrfmiddlewaretoken": token[1]},
            headers={"Referer": str(page.url)},
        )

    def board(self, competition: str) -> list[tuple[str, str, float]]:
        """The leaderboard's lines as (rank, participant, score)."""
        rows = re.findall(r"<tr[^>]*data-participant[^>]*>", self.get(f"/c/{competition}/").text)
        return [
            (
                re.search(r'data-rank="([^"]*)"', row)[1],
                html.unescape(re.search(r'data-participant="([^"]*)"', row)[1]),
                float(re.search(r'data-score="([^"]*)"', row)[1]),
            )
            for row in rows
        ]
