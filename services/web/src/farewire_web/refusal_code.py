"""The code of what an answer refuses, which the answer carries to the request log."""

from __future__ import annotations

from django.http import HttpResponse


def refusal_code_set(response: HttpResponse, code: str) -> None:
    """Have `response` logged under a domain error's code."""
    vars(response)["refusal_code"] = code


def refusal_code(response: HttpResponse) -> str | None:
    """The code that was set; None where nothing was refused, or nobody of ours refused it."""
    code: str | None = vars(response).get("refusal_code")
    return code
