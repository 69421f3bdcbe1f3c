"""What a client says, read strictly: a message that is not of protocol 1 is answered with a sentence that helps."""

from __future__ import annotations

from pydantic import ValidationError

from farewire.contracts.feed import Ping, Subscribe, Unsubscribe, client_message
from farewire.domain.errors import InvalidInput


class FeedRefusal(InvalidInput):
    """A client's message that cannot be followed; becomes an `error` frame."""

    code = "invalid_message"


def client_message_read(*, text: str | None, limit_bytes: int) -> Subscribe | Unsubscribe | Ping:
    """Read one text frame.

    Raises `FeedRefusal` with code `binary_message`, `message_too_large`, `invalid_json`, `unknown_type` or
    `invalid_message`.
    """
    if text is None:
        raise FeedRefusal("The feed speaks JSON in text frames, not binary ones.", code="binary_message")
    if len(text) > limit_bytes or len(text.encode()) > limit_bytes:
        raise FeedRefusal(f"A message may have {limit_bytes} bytes; split it.", code="message_too_large")
    try:
        return client_message.validate_json(text)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_context=False, include_input=False)[0]
    kind, where = detail["type"], ".".join(str(part) for part in detail["loc"][1:])
    if kind == "json_invalid":
        raise FeedRefusal(f"The message is not JSON: {detail['msg']}.", code="invalid_json")
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        raise FeedRefusal("The message's type is subscribe, unsubscribe or ping.", code="unknown_type")
    raise FeedRefusal(f"The message is not as protocol 1 has it: {where or 'message'}: {detail['msg']}.")
