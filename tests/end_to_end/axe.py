"""What axe-core, the usual checker of accessibility, finds on a page: WCAG 2.2, A and AA."""

from importlib.resources import files

from playwright.sync_api import Page

SOURCE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"


def found_on(page: Page) -> list[str]:
    """Each thing that is wrong, with where and why. Playwright puts it past the page's policy."""
    page.evaluate(SOURCE)
    result = page.evaluate(LOOK, TAGS)
    return [
        f"{rule['id']}: {' '.join(node['target'])}: {node['failureSummary']}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
