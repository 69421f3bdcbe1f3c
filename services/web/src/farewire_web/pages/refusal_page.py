"""What a page that could not be made answers with: the refusal in a traveller's words, and a way on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from farewire.domain.errors import FarewireError
from farewire_web.pages.problem_notice import Way, problem_notice
from farewire_web.problems import RETRY_AFTER_SECONDS, database_error, status_of
from farewire_web.refusal_code import refusal_code_set

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def refusal_page(request: HttpRequest, error: FarewireError) -> HttpResponse:
    """A refusal on a page of its own."""
    notice = problem_notice(error, ways=(Way(reverse("pages:search"), "Search for flights"),))
    response = render(request, "farewire/refusal.html", {"problem": notice}, status=status_of(error))
    refusal_code_set(response, error.code)
    return response


def refusable(view: View[P]) -> View[P]:
    """Let a view raise domain errors, and let its database be away; what else it raises is a bug and stays one."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except FarewireError as error:
            return refusal_page(request, error)
        except (DatabaseError, InterfaceError) as error:
            explained = database_error(error)
            if explained is None:
                raise
            response = refusal_page(request, explained)
            response["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response

    return wrapped
