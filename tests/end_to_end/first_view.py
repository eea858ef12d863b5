"""How heavy a page's first view is and how much it moves while it comes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page

WATCH = """
window.moved = [];
new PerformanceObserver((list) => {
  for (const it of list.getEntries()) {
    if (it.hadRecentInput) continue;
    const what = it.sources.map((from) => from.node?.outerHTML?.slice(0, 90));
    window.moved.push([it.value, ...what]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
# two frames: what a script changed has been drawn, and seen by the observer
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

# what was kept by the browser says how long it was when it was sent, too
SENT = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const all = performance.getEntriesByType("resource");
  const parts = all.filter((it) => it.startTime < page.loadEventStart);
  return [page, ...parts].map((it) => [it.name, it.encodedBodySize]);
}"""
HEADERS = 500  # [bytes] of an answer, about


@dataclass
class FirstView:
    """`sent` are bytes, by address; `moved` are layout shifts: their score and what moved."""

    sent: dict[str, int] = field(default_factory=dict)
    moved: list[list[object]] = field(default_factory=list)

    @property
    def kilobytes(self) -> float:
        return sum(self.sent.values()) / 1000

    @property
    def shift(self) -> float:
        return sum(float(str(value)) for value, *_ in self.moved)


def watched(page: Page) -> None:
    """From now on the page notes what moves."""
    page.add_init_script(WATCH)


@contextmanager
def first_view(page: Page) -> Iterator[FirstView]:
    """Of what is opened inside, whatever the browser has kept of the page before.

    What a page asks for once it is loaded, and has nothing better to do, does not keep it.
    """
    view = FirstView()
    yield view
    page.wait_for_load_state("load")
    page.evaluate(SETTLED)
    view.moved = page.evaluate("window.moved")
    view.sent = {url: size + HEADERS for url, size in page.evaluate(SENT)}
