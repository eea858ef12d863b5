"""Lists in pages."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page


def numbers(page: Page[Any]) -> Iterable[int | str]:
    """Of the pages that a page leads to: the first, those around it, the last; gaps as dots."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
