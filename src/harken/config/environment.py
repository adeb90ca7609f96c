"""Every setting of the installation, read from the environment and checked at once."""

import os
from functools import cache, cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, ValidationError, ValidationInfo
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from harken.channels.email.relay import InvalidRelayUrl, Relay
from harken.config.data_folder import default_data_folder
from harken.config.endpoints import Endpoint
from harken.config.given import EnvironmentMistakes, given_settings
from harken.config.secret_key import kept_secret_key

Network = IPv4Network | IPv6Network
SECRET: dict[str, JsonValue] = {"secret": True}


def _port(value: object) -> int:
    if not str(value).isdecimal() or not 1 <= int(str(value)) <= 65535:
        raise ValueError("must be a whole number from 1 to 65535")
    return int(str(value))


def _undo_seconds(value: object) -> int:
    choices = ("0", "5", "10", "20", "30")
    if str(value) not in choices:
        raise ValueError(f"must be one of {', '.join(choices)}")
    return int(str(value))


def _absolute(value: object) -> Path:
    return Path(str(value)).expanduser().absolute()


def _origin(value: object) -> str:
    text = str(value).rstrip("/")
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query):
        raise ValueError("must look like https://desk.example.com, without a path")
    return text


def _postgresql(value: object) -> str:
    text = str(value)
    if text and urlsplit(text).scheme not in ("postgres", "postgresql"):
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    return text


def _several_postgresql(value: object) -> tuple[str, ...]:
    return tuple(_postgresql(part) for part in str(value).replace(",", " ").split())


def _folder_url(value: object) -> str:
    parts = urlsplit(str(value))
    if value and (parts.scheme != "file" or parts.netloc or not parts.path.startswith("/")):
        raise ValueError("must look like file:///srv/harken/files")
    return str(value)


def _relay(value: object) -> Relay:
    try:
        return Relay.from_url(str(value))
    except InvalidRelayUrl as error:
        raise ValueError(f"is wrong: {error}") from None


def _networks(value: object) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part, strict=False) for part in str(value).replace(",", " ").split())
    except ValueError:
        raise ValueError(
            "must be addresses or networks with commas between, for example 10.0.0.0/8"
        ) from None


def _yes_or_no(value: object) -> bool:
    if value not in ("yes", "no", True, False):
        raise ValueError("must be yes or no")
    return value in ("yes", True)


def _name_server(value: object) -> str:
    if value in ("", "off"):
        return str(value)
    server = Endpoint.of(str(value))
    try:
        ip_address(server.host)
    except ValueError:
        raise ValueError("must be the address of a name server, for example 127.0.0.1:53") from None
    return str(server)


def _log_form(value: object) -> str:
    if value not in ("text", "json"):
        raise ValueError("must be text or json")
    return str(value)


def _key_of_an_outside_database(key: str, info: ValidationInfo) -> str:
    if not key and info.data.get("database_url"):
        raise ValueError("must be given together with DATABASE_URL, the same on every machine")
    return key


class _Given(PydanticBaseSettingsSource):
    """What the environment and the files named in it give; the class's fields say which names exist."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError  # asked only by sources that go field by field

    def __call__(self) -> dict[str, Any]:
        return given_settings(os.environ, known_settings(), secret_settings())


class Environment(BaseSettings):
    """The settings of one installation. Read them with `environment()`; unset and empty mean the same."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", validate_default=False, ignored_types=(cached_property,)
    )

    data: Annotated[Path, BeforeValidator(_absolute)] = Field(
        default_factory=default_data_folder,
        alias="HARKEN_DATA",
        description="Folder of the embedded database, files and keys.",
        json_schema_extra={"default": "the user's data folder; `/var/lib/harken` when root runs Harken"},
    )
    database_url: Annotated[str, BeforeValidator(_postgresql)] = Field(
        default="",
        alias="DATABASE_URL",
        repr=False,
        json_schema_extra=SECRET | {"default": "the embedded database"},
        description="Use this PostgreSQL (15 or newer) instead: `postgresql://user:password@host:5432/database`.",
    )
    replica_urls: Annotated[tuple[str, ...], BeforeValidator(_several_postgresql)] = Field(
        default=(),
        alias="HARKEN_REPLICA_URLS",
        repr=False,
        json_schema_extra=SECRET,
        description="Read-only copies of `DATABASE_URL`, with commas between, for pages that may lag. None does yet.",
    )
    given_url: Annotated[str, BeforeValidator(_origin)] = Field(
        default="",
        alias="HARKEN_URL",
        description="The public address, used in every link whatever the Host header says.",
        json_schema_extra={"default": "`http://localhost:` and the port"},
    )
    host: str = Field(
        default="127.0.0.1", alias="HARKEN_HOST", description="Address on which the web server listens."
    )
    port: Annotated[int, BeforeValidator(_port)] = Field(
        default=8000, alias="HARKEN_PORT", description="Port on which the web server listens."
    )
    smtp_in: Annotated[Endpoint | None, BeforeValidator(Endpoint.of)] = Field(
        default=None,
        alias="HARKEN_SMTP_IN",
        description="`host:port` on which mail is taken by SMTP and LMTP; off when empty.",
    )
    relay: Annotated[Relay | None, BeforeValidator(_relay)] = Field(
        default=None,
        alias="HARKEN_SMTP_URL",
        repr=False,
        json_schema_extra=SECRET,
        description="`smtp[s]://user:password@host:port`, the outgoing relay unless a mailbox has its own. "
        "`smtp` means STARTTLS, required except to this machine; `?security=tls`, `starttls` or `none` says otherwise. "
        "`?per_minute=60` sends no more letters a minute than that.",
    )
    given_secret_key: Annotated[str, AfterValidator(_key_of_an_outside_database)] = Field(
        default="",
        validate_default=True,
        alias="HARKEN_SECRET_KEY",
        repr=False,
        json_schema_extra=SECRET | {"default": "made and kept in the data folder"},
        description="Signs sessions and links and seals stored passwords. Must be given together with `DATABASE_URL`.",
    )
    files_origin: Annotated[str, BeforeValidator(_origin)] = Field(
        default="",
        alias="HARKEN_FILES_ORIGIN",
        description="Another origin from which files are served, so that they never share one with the desk.",
    )
    files_url: Annotated[str, BeforeValidator(_folder_url)] = Field(
        default="",
        alias="HARKEN_FILES_URL",
        description="Where attachments and raw mail are kept: `file:///folder`.",
        json_schema_extra={"default": "`files` in the data folder"},
    )
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_networks)] = Field(
        default=(),
        alias="HARKEN_TRUSTED_PROXIES",
        description="Addresses or networks of proxies whose `X-Forwarded-…` headers are believed, with commas between; "
        "a mail server of yours that hands letters over from there is taken for no sender.",
    )
    allow_internal: Annotated[bool, BeforeValidator(_yes_or_no)] = Field(
        default=False,
        alias="HARKEN_ALLOW_INTERNAL",
        description="`yes` lets web requests to addresses that people enter (a provider's token server) lead to this "
        "machine, to private networks and over plain http. Mail servers may be anywhere without it.",
        json_schema_extra={"default": "`no`"},
    )
    dns: Annotated[str, BeforeValidator(_name_server)] = Field(
        default="",
        alias="HARKEN_DNS",
        description="`host:port` of the name server that is asked who may send for a domain; `off` asks none.",
        json_schema_extra={"default": "the system's name servers"},
    )
    undo_seconds: Annotated[int, BeforeValidator(_undo_seconds)] = Field(
        default=10,
        alias="HARKEN_UNDO_SECONDS",
        description="How long an answer can be taken back in workspaces that have not chosen: 0, 5, 10, 20 or 30.",
    )
    log: Annotated[Literal["text", "json"], BeforeValidator(_log_form)] = Field(
        default="text", alias="HARKEN_LOG", description="Form of the log lines: `text` or `json`."
    )
    fail_at: str = Field(
        default="",
        alias="HARKEN_FAIL_AT",
        description="For tests alone: the step at which the process dies at once.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _Given(settings_cls)

    @property
    def is_embedded(self) -> bool:
        """Does Harken run its own PostgreSQL?"""
        return not self.database_url

    @property
    def url(self) -> str:
        """The public address without a slash at the end."""
        return self.given_url or f"http://localhost:{self.port}"

    @property
    def files_folder(self) -> Path:
        """Where stored files lie."""
        return Path(unquote(urlsplit(self.files_url).path)) if self.files_url else self.data / "files"

    @cached_property
    def secret_key(self) -> str:
        """The given key, or the one kept in the data folder, which is made on first use."""
        return self.given_secret_key or kept_secret_key(self.data)


@cache
def known_settings() -> dict[str, FieldInfo]:
    """Every setting by the name it has in the environment."""
    return {str(field.alias): field for field in Environment.model_fields.values()}


@cache
def secret_settings() -> frozenset[str]:
    """The settings that may also be given as a file, by the name with `_FILE` at its end."""
    return frozenset(name for name, field in known_settings().items() if _is_secret(field))


def _is_secret(field: FieldInfo) -> bool:
    return isinstance(field.json_schema_extra, dict) and "secret" in field.json_schema_extra


@cache
def environment() -> Environment:
    """Read the settings once; raise EnvironmentMistakes with all that is wrong."""
    return read_environment()


def read_environment() -> Environment:
    """Read the settings as the environment gives them now."""
    try:
        return Environment()
    except ValidationError as error:
        names = {field: str(known.alias) for field, known in Environment.model_fields.items()}
        raise EnvironmentMistakes.of(error, names, secret_settings()) from None
