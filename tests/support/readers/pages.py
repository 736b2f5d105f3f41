"""A page of HTML, read strictly: what is in it, and what is not closed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "input", "link", "br", "hr", "img"})

Attributes = dict[str, str]


@dataclass
class Element:
    """An element, and the text that stands directly in it."""

    name: str
    attributes: Attributes
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Elements in the order in which they begin; ``faults`` are ends that fit no beginning."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(self.elements[-1])

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append(Element(tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open."""
        if not self._open or self._open[-1].name != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Add text to the element that is open."""
        if self._open:
            self._open[-1].text += data

    def all(self, name: str) -> list[Element]:
        """Return the elements of this name."""
        return [it for it in self.elements if it.name == name]

    def attributes(self) -> Iterator[tuple[str, str]]:
        """Yield every attribute of every element."""
        for element in self.elements:
            yield from element.attributes.items()

    def text(self) -> str:
        """Return all text, element by element."""
        return "\n".join(it.text for it in self.elements)

    def unclosed(self) -> list[str]:
        """Return what is open still."""
        return [it.name for it in self._open]


def read_page(text: str) -> Page:
    """Read a page to its end."""
    page = Page()
    page.feed(text)
    page.close()
    return page
