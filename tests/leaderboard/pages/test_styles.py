"""The style sheets: what a page's own classes look like is in a sheet that the page loads."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR, "leaderboard/templates")
SHEETS = Path(settings.BASE_DIR, "leaderboard/static/leaderboard")
COMMON = "style.css"


def named(sheet: str) -> set[str]:
    """The classes that a sheet's selectors name."""
    selectors = re.sub(r"\{[^{}]*\}|/\*.*?\*/", " ", (SHEETS / sheet).read_text(), flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][\w-]*)", selectors))


OWN = {
    sheet.name: named(sheet.name) - named(COMMON)
    for sheet in SHEETS.glob("*.css")
    if sheet.name not in {COMMON, "admin.css"}
}


def whole(template: str) -> str:
    """A template with all that it includes."""
    text = (TEMPLATES / template).read_text()
    return text + "".join(whole(it) for it in re.findall(r'{% include "([^"]+)"', text))


def classes(text: str) -> set[str]:
    """Those written out; of one that is put together, the part that is written."""
    values = re.findall(r'class="([^"]*)"', re.sub(r"{%.*?%}|{{.*?}}", " ", text))
    return {word for value in values for word in value.split()}


PAGES = sorted(
    str(it.relative_to(TEMPLATES))
    for it in TEMPLATES.rglob("*.html")
    if '{% extends "leaderboard/base.html" %}' in it.read_text()
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_the_sheets_of_its_classes(page):
    text = whole(page)
    loaded = set(re.findall(r"{% static 'leaderboard/([\w-]+\.css)' %}", text))
    elsewhere = set().union(*(OWN[it] for it in loaded if it in OWN), named(COMMON))
    missing = {
        sheet: used
        for sheet, own in OWN.items()
        if sheet not in loaded and (used := classes(text) & own - elsewhere)
    }
    assert not missing
    assert all(classes(text) & named(it) for it in loaded & set(OWN)), "nothing of it is used"


def test_what_is_looked_for_is_there():
    assert len(PAGES) > 20
    assert {
        "replay.css",
        "compare.css",
        "explore.css",
        "how.css",
        "people.css",
        "submit.css",
    } <= set(OWN)
    assert "cockpit" in classes(whole("leaderboard/replay.html"))
