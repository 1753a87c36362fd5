"""Prosody from Debian's package, without its service."""

from __future__ import annotations

from .peer import BACKLOG, Peer, make_certificate

CONFIGURATION = """
run_as_root = true
daemonize = false
pidfile = "{directory}/prosody.pid"
data_path = "{directory}/data"
log = {{ warn = "{directory}/prosody.log" }}
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{}}
http_ports = {{ {http_port} }}
http_interfaces = {{ "127.0.0.1" }}
https_ports = {{}}
network_settings = {{ tcp_backlog = {backlog} }}
modules_enabled = {{
  "disco"; "roster"; "saslauth"; "tls"; "blocklist"; "carbons"; "smacks"; "private"; "vcard_legacy"; "pep";
  "csi_simple"; "ping"; "register"; "time"; "version"; "lastactivity"; "websocket"; {mam}
}}
modules_disabled = {{ "s2s"; "offline"; }}
authentication = "internal_hashed"
allow_registration = true
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
smacks_max_unacked_stanzas = 100000
ssl = {{ key = "{key}"; certificate = "{certificate}"; }}
{storage}
archive_expires_after = "never"
default_archive_policy = true
VirtualHost "localhost"
Component "conference.localhost" "muc"
  muc_room_locking = false
"""


class Prosody(Peer):
    """`archive`: none (''), 'internal' (its own files) or 'sqlite'."""

    def __init__(self, archive: str = "") -> None:
        super().__init__()
        self.archive = archive
        self.name = "Prosody" + {"": "", "internal": ", files", "sqlite": ", SQLite"}[archive]

    def prepare(self) -> None:
        certificate, key = make_certificate(self.directory)
        (self.directory / "data").mkdir()
        storage = 'storage = "internal"'
        if self.archive == "sqlite":
            storage = ('storage = { archive = "sql" }\n'
                       f'sql = {{ driver = "SQLite3"; database = "{self.directory}/archive.sqlite" }}')
        (self.directory / "prosody.cfg.lua").write_text(CONFIGURATION.format(
            directory=self.directory, port=self.port, http_port=self.http_port, backlog=BACKLOG,
            mam='"mam";' if self.archive else "", storage=storage, certificate=certificate, key=key))

    def command(self) -> list[str]:
        return ["prosody", "-F", "--config", str(self.directory / "prosody.cfg.lua")]

    def log_tail(self) -> str:
        log = self.directory / "prosody.log"
        return super().log_tail() + (log.read_text()[-2000:] if log.exists() else "")
