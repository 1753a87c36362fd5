"""ejabberd from Debian's package, without its service and without Erlang's distribution."""

from __future__ import annotations

import pathlib
import sqlite3

from .peer import BACKLOG, Peer, make_certificate
from .postgres import Postgres

SQL_SCHEMAS = pathlib.Path("/usr/share/ejabberd/sql")

CONFIGURATION = """
loglevel: warning
hosts: [localhost]
certfiles: ["{certificate}", "{key}"]
auth_method: [internal]
auth_password_format: scram
registration_timeout: infinity
disable_sasl_mechanisms: ["digest-md5", "X-OAUTH2"]
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    backlog: {backlog}
    max_stanza_size: 524288
    starttls: true
    access: all
  - port: {http_port}
    ip: "127.0.0.1"
    module: ejabberd_http
    backlog: {backlog}
    request_handlers:
      /xmpp-websocket: ejabberd_http_ws
{sql}
modules:
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  mod_last: {{}}
  mod_muc: {{access: all, access_create: all, max_users: 10000, default_room_options: {{mam: false, max_users: 10000}}}}
  mod_offline: {{}}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_register: {{access: all, ip_access: all, access_from: all}}
  mod_roster: {{versioning: true}}
  mod_stream_mgmt: {{resend_on_timeout: if_offline, max_ack_queue: infinity, ack_timeout: infinity}}
  mod_vcard: {{search: false}}
{mam}
"""


class Ejabberd(Peer):
    """`archive`: none (''), 'sqlite' or 'postgresql'."""

    def __init__(self, archive: str = "", threads: int = 0) -> None:
        super().__init__()
        self.archive = archive
        self.threads = threads
        self.name = "ejabberd" + {"": "", "sqlite": ", SQLite", "postgresql": ", PostgreSQL"}[archive]
        self.database = Postgres() if archive == "postgresql" else None

    def prepare(self) -> None:
        certificate, key = make_certificate(self.directory)
        mam = ("  mod_mam: {default: always, db_type: sql, assume_mam_usage: true, compress_xml: false}"
               if self.archive else "")
        (self.directory / "ejabberd.yml").write_text(CONFIGURATION.format(
            port=self.port, http_port=self.http_port, backlog=BACKLOG, certificate=certificate, key=key,
            sql=self._sql(), mam=mam))

    def _sql(self) -> str:
        if self.archive == "sqlite":
            path = self.directory / "archive.sqlite"
            with sqlite3.connect(path) as database:
                database.executescript((SQL_SCHEMAS / "lite.sql").read_text())
            database.close()
            return f'sql_type: sqlite\nsql_database: "{path}"'
        if self.database is not None:
            self.database.__enter__()
            self.database.load(SQL_SCHEMAS / "pg.sql")
            return (f'sql_type: pgsql\nsql_server: "127.0.0.1"\nsql_port: {self.database.port}\n'
                    f'sql_database: "{self.database.name}"\nsql_username: "{self.database.user}"\nsql_password: ""')
        return ""

    def command(self) -> list[str]:
        schedulers = ["+S", f"{self.threads}:{self.threads}"] if self.threads else []
        spool = self.directory / "mnesia"
        return ["erl", "+K", "true", "+P", "250000", "+Q", "65536", *schedulers, "+sbwt", "none",
                "+sbwtdcpu", "none", "+sbwtdio", "none", "-noinput", "-mnesia", "dir", f'"{spool}"',
                "-ejabberd", "quiet", "true", "-s", "ejabberd"]

    def environment(self) -> dict[str, str]:
        libraries = next(pathlib.Path("/usr/lib").glob("*/ejabberd-*")).parent
        return {"EJABBERD_CONFIG_PATH": str(self.directory / "ejabberd.yml"),
                "EJABBERD_LOG_PATH": str(self.directory / "ejabberd.log"),
                "ERL_LIBS": str(libraries), "ERL_CRASH_DUMP": str(self.directory / "crash"),
                "HOME": str(self.directory)}

    @property
    def pids(self) -> list[int]:
        return super().pids + (self.database.pids if self.database else [])

    def __exit__(self, *what) -> None:
        super().__exit__(*what)
        if self.database:
            self.database.__exit__(*what)

    def log_tail(self) -> str:
        log = self.directory / "ejabberd.log"
        return super().log_tail() + (log.read_text()[-2000:] if log.exists() else "")
