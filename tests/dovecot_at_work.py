"""A real IMAP server on loopback: Dovecot, with one mailbox, as long as a test runs."""

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic

from imapclient import IMAPClient

from tests.mail_server import make_certificate

PASSWORD = "s3cret"
_STARTS_WITHIN = 20.0


def find_dovecot() -> str | None:
    """Return the program, or None where it is not installed (Debian: dovecot-imapd)."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")


@dataclass(frozen=True)
class Dovecot:
    """A running server. port: plain with STARTTLS; tls_port: TLS from the first byte."""

    port: int
    tls_port: int
    ca_file: str

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", port=self.port, ssl=False) as client:
            client.login("hub", PASSWORD)
            client.select_folder("INBOX")
            yield client

    def holds(self, *mails: bytes) -> None:
        """Put mails into the mailbox."""
        with self.client() as client:
            for mail in mails:
                client.append("INBOX", mail)

    def left(self) -> list[tuple[bytes, ...]]:
        """Return the flags of each mail that is still there."""
        with self.client() as client:
            uids = client.search("ALL")
            return [tuple(flags) for flags in client.get_flags(uids).values()] if uids else []


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run a server with an empty mailbox of the user hub."""
    program = find_dovecot()
    assert program is not None
    # It gives up root by itself, so its folder must be open to who it becomes.
    folder = Path(mkdtemp(prefix="hub-dovecot-"))
    user = "nobody" if os.getuid() == 0 else getpass.getuser()
    entry = pwd.getpwnam(user)
    group = subprocess.run(
        ["id", "-gn", user], check=True, capture_output=True, text=True
    ).stdout.strip()
    certificate = make_certificate(folder)
    port, tls_port = _free_port(), _free_port()
    (folder / "mail").mkdir()
    for path in (folder, folder / "mail", certificate.key):
        if os.getuid() == 0:
            shutil.chown(path, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o755)
    (folder / "dovecot.conf").write_text(
        f"""
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
mail_location = maildir:{folder}/mail/%u
ssl = yes
ssl_cert = <{certificate.cert}
ssl_key = <{certificate.key}
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {entry.pw_uid}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={entry.pw_uid} gid={entry.pw_gid} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
    )
    process = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        _wait_for(port, process, folder / "log")
        yield Dovecot(port, tls_port, str(certificate.cert))
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    pause = threading.Event()
    end = monotonic() + _STARTS_WITHIN
    while monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            pause.wait(0.05)
        else:
            return
    raise AssertionError(f"dovecot did not start: {log.read_text() if log.exists() else ''}")
