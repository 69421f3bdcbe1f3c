"""The settings of the web service."""

from __future__ import annotations

from pydantic import Field, SecretStr

from farewire.platform.settings import BookingSettings, DatabaseSettings, ServiceSettings


class WebSettings(ServiceSettings, DatabaseSettings, BookingSettings):
    """What the web service reads; it never speaks to Redis."""

    secret_key: SecretStr = Field(min_length=32, description="Signs cookies, forms and hold tokens; at least 32 random characters.")
    allowed_hosts: str = Field("*", description="Host names that the site answers to, separated by commas; * behind a proxy that checks.")
    csrf_trusted_origins: str = Field("", description="Origins that may post forms beside the site's own, separated by commas.")
    secure_cookies: bool = Field(False, description="Send cookies over TLS only; on wherever the site is served over TLS.")
    trust_proxy: bool = Field(True, description="Take the client's address from X-Real-IP, which the proxy in front overwrites.")
    web_workers: int = Field(2, ge=1, description="How many processes serve requests.")
    web_threads: int = Field(8, ge=1, description="How many threads each process has.")
