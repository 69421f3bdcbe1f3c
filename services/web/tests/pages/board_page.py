"""What a test reads off a page, with the standard library's parser."""

from __future__ import annotations

from html.parser import HTMLParser


class BoardPage(HTMLParser):
    """The rows, buttons and hidden fields of a page, and anything that a strict policy would refuse."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        self.buttons: list[dict[str, str]] = []
        self.fields: dict[str, str] = {}
        self.refused: list[str] = []
        self.notices: list[str] = []
        self._form = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.refused += [f"<{tag} {name}>" for name in values if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in values and values.get("type") != "application/json"):
            self.refused.append(f"<{tag}>")
        if tag == "form":
            self._form = values.get("id", "")
        if "data-journey" in values:
            self.rows.append(values)
        if "data-code" in values:
            self.notices.append(values["data-code"])
        if tag == "button" and values.get("name") == "offer_ids":
            self.buttons.append(values)
        if tag == "input" and values.get("type") == "hidden" and self._form != "":
            self.fields[values["name"]] = values["value"]

    @property
    def shown(self) -> list[str]:
        """The journeys that are not filtered out, in order."""
        return [row["data-journey"] for row in self.rows if "hidden" not in row]
