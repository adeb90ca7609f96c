"""A private Dovecot on loopback, for tests that want a real mailbox.

Runs as root or as an ordinary user, in a folder of its own, and is stopped by its own process id:

    with Dovecot() as mail:
        mail.append("ann", b"From: …")         # arrives in INBOX, as from a mail program
        account = mail.account("ann")          # an ImapAccount by STARTTLS that trusts this server
        mail.flags("ann")                      # UID -> flags: what a fetcher left behind
        mail.port, mail.tls_port               # STARTTLS (a password needs it) and TLS
        Dovecot(provider=provider.url)         # tokens of tests.servers.provider sign in too
        mail.ca_file, mail.password            # the authority to trust; every user's password

A Harken of its own process trusts it when started with `SSL_CERT_FILE=mail.ca_file`; its settings
page is then given host localhost, `mail.port`, STARTTLS, any user and `mail.password`.

Any user name exists, so a server can be shared: give each test a user of its own. Tests that use it
carry the mark `mail_servers`, which leaves them out where Dovecot is not installed.
"""

import grp
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from imapclient import IMAPClient

from harken.channels.email.imap import ImapAccount
from tests.needs import dovecot
from tests.servers.certificates import make_certificate
from tests.servers.ports import free_port, wait_for_port

STOP_SECONDS = 10

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
first_valid_uid = 0
first_valid_gid = 0
ssl = required
ssl_cert = <{chain}
ssl_key = <{key}
ssl_dh =
auth_mechanisms = plain login{mechanisms}
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
{by_token}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
"""


BY_TOKEN = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {settings}
}}
"""
ASK_PROVIDER = """
introspection_mode = get
introspection_url = {provider}/introspect?token=
username_attribute = email
active_attribute = active
active_value = true
"""


class Dovecot:
    """A running server; a context manager. `separator` and `prefix` decide how folders are named.

    With a `provider` (its address) tokens open mailboxes too, by XOAUTH2.
    """

    password = "open-sesame"

    def __init__(self, *, separator: str = "/", prefix: str = "", provider: str = "") -> None:
        self.port, self.tls_port = free_port(), free_port()
        self._separator = separator
        self._prefix = prefix
        self._provider = provider

    def __enter__(self) -> Self:
        # Dovecot's own users must be able to walk in, and a socket's path is short: no pytest tmp_path.
        self._folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._folder.chmod(0o755)
        certificate = make_certificate(self._folder)
        self.ca_file = str(certificate.authority)
        configuration = self._folder / "dovecot.conf"
        configuration.write_text(self._configuration(certificate.chain, certificate.key))
        self._process = subprocess.Popen([dovecot() or "dovecot", "-F", "-c", configuration])
        try:
            wait_for_port(self.port)
        except TimeoutError as error:
            said = self.log()
            self.__exit__()
            raise RuntimeError(f"Dovecot did not start: {said}") from error
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def account(self, user: str = "ann", **changes: Any) -> ImapAccount:
        """Return the settings with which Harken reads this user's mail."""
        settings: dict[str, Any] = {
            "host": "localhost",
            "port": self.port,
            "security": "starttls",
            "user": user,
            "password": self.password,
            "ca_file": self.ca_file,
            "timeout_seconds": 10,
        }
        return ImapAccount(**settings | changes)

    def append(
        self, user: str, raw: bytes, *, arrived_at: datetime | None = None, folder: str = "INBOX"
    ) -> int:
        """Put a letter into a folder; return its UID."""
        with self.client(user) as client:
            answer = client.append(folder, raw, msg_time=arrived_at)
            return int(answer.split(b"APPENDUID ")[1].split(b"]")[0].split()[1])

    def flags(self, user: str, folder: str = "INBOX") -> dict[int, set[str]]:
        """Return the flags of every letter in a folder, by UID."""
        with self.client(user) as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search())
        return {uid: {flag.decode() for flag in flags} - {"\\Recent"} for uid, flags in found.items()}

    def folders(self, user: str) -> set[str]:
        """Return the names of the user's folders."""
        with self.client(user) as client:
            return {name for _flags, _delimiter, name in client.list_folders()}

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """Give a signed-in connection, for what no helper covers."""
        context = ssl.create_default_context(cafile=self.ca_file)
        with IMAPClient("localhost", self.tls_port, ssl_context=context, timeout=10) as client:
            client.login(user, self.password)
            yield client

    def log(self) -> str:
        """Return what the server has written about itself."""
        path = self._folder / "dovecot.log"
        return path.read_text() if path.exists() else ""

    def _configuration(self, chain: Path, key: Path) -> str:
        owner = self._owner()
        mail = self._folder / "mail"
        mail.mkdir()
        os.chown(mail, owner.pw_uid, owner.pw_gid)
        is_root = os.geteuid() == 0
        return CONFIGURATION.format(
            folder=self._folder,
            chain=chain,
            key=key,
            port=self.port,
            tls_port=self.tls_port,
            password=self.password,
            internal_user="dovecot" if is_root else owner.pw_name,
            internal_group="dovecot" if is_root else grp.getgrgid(owner.pw_gid).gr_name,
            login_user="dovenull" if is_root else owner.pw_name,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            separator=self._separator,
            prefix=self._prefix,
            mechanisms=" xoauth2 oauthbearer" if self._provider else "",
            by_token=self._by_token() if self._provider else "",
        )

    def _by_token(self) -> str:
        settings = self._folder / "provider.conf"
        settings.write_text(ASK_PROVIDER.format(provider=self._provider))
        return BY_TOKEN.format(settings=settings)

    @staticmethod
    def _owner() -> pwd.struct_passwd:
        # Dovecot gives no mail to root.
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
