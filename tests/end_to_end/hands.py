"""Two ways to use a page: with a mouse, or with the keyboard alone."""

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, expect

FARTHEST = 400
"""Stops of the Tab key before something counts as out of reach [1]."""
FOCUSED = "it => it === document.activeElement"
# an editor shows it around itself and its line numbers
SEEN = """it => [it, it.parentElement].some((one) => {
  const style = getComputedStyle(one);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
})"""


class Hands(Protocol):
    def press(self, it: Locator) -> None: ...

    def fill(self, it: Locator, text: str) -> None: ...

    def give(self, it: Locator, file: Path) -> None: ...


class Mouse:
    def press(self, it: Locator) -> None:
        it.click()

    def fill(self, it: Locator, text: str) -> None:
        it.fill(text)

    def give(self, it: Locator, file: Path) -> None:
        it.set_input_files(file)


class Keyboard:
    """Nothing is focused but by Tab, and what is focused can be seen."""

    def press(self, it: Locator) -> None:
        self._reach(it)
        ticks = it.evaluate("it => it.type === 'checkbox' || it.type === 'radio'")
        it.page.keyboard.press("Space" if ticks else "Enter")

    def fill(self, it: Locator, text: str) -> None:
        self._reach(it)
        it.page.keyboard.press("Control+A")
        it.page.keyboard.insert_text(text)

    def give(self, it: Locator, file: Path) -> None:
        # Asked for before Tab is pressed: a key may overtake the question on its way into a busy
        # browser, and then its own dialog opens. What _reach asks in between cannot.
        with it.page.expect_file_chooser() as chooser:
            self._reach(it)
            it.page.keyboard.press("Enter")
        chooser.value.set_files(file)

    def _reach(self, it: Locator) -> None:
        expect(it).to_be_visible()
        for _ in range(FARTHEST):
            if it.evaluate(FOCUSED):
                assert it.evaluate(SEEN), f"the focus cannot be seen: {it}"
                return
            it.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {it}")
