"""Reading pages as a test needs them: their text, their elements, what a browser would refuse."""

from html.parser import HTMLParser

from django.http import HttpResponse


class Element:
    def __init__(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tag, self.attributes, self.text = tag, attributes, ""


class Page(HTMLParser):
    """All elements of a page in order, each with the text directly inside it."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data):
        if self._open:
            self._open[-1].text += data

    def having(self, attribute: str) -> list[Element]:
        return [it for it in self.elements if attribute in it.attributes]

    def values(self, attribute: str) -> list[str | None]:
        return [it.attributes[attribute] for it in self.having(attribute)]

    def named(self, name: str) -> Element:
        (found,) = [it for it in self.elements if it.attributes.get("name") == name]
        return found

    def refused_by_a_strict_policy(self) -> list[str]:
        """Inline scripts, styles and handlers."""
        return [
            f"<{it.tag} {it.attributes}>"
            for it in self.elements
            if it.tag == "style"
            or (it.tag == "script" and not it.attributes.get("src"))
            or "style" in it.attributes
            or any(name.startswith("on") for name in it.attributes)
        ]


def text_of(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def typed(response: HttpResponse) -> str:
    """What the editor shows; a browser drops the line break after the tag."""
    return Page(response).named("source").text.removeprefix("\n")


def fields_of(response):
    """What a browser would send of the form, without its buttons."""
    page, sent, select = Page(response), {}, ""
    for it in page.elements:
        name, kind = it.attributes.get("name"), it.attributes.get("type")
        if it.tag == "input" and name and kind in {"text", "hidden"}:
            sent[name] = it.attributes.get("value", "")
        elif it.tag == "textarea":
            sent[name] = it.text.removeprefix("\n")
        elif it.tag == "select":
            select = name
        elif it.tag == "option" and "selected" in it.attributes:
            sent[select] = it.text
    return sent
