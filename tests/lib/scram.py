"""The client's side of SCRAM (RFC 5802, 7677), bound to TLS by RFC 5929 where wanted, and PLAIN (RFC 4616)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

HASHES = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def plain(username: str, password: str, authzid: str = "") -> bytes:
    return "\0".join([authzid, username, password]).encode()


class Scram:
    """first() -> server's challenge -> final(challenge) -> server's last word -> verify(word).

    `end_point`: the tls-server-end-point of the connection, for a mechanism that ends in -PLUS."""

    def __init__(self, mechanism: str, username: str, password: str, end_point: bytes = b"") -> None:
        self._hash = HASHES[mechanism.removesuffix("-PLUS")]
        self._header = b"p=tls-server-end-point,," if end_point else b"n,,"
        self._bound_to = end_point
        name = username.replace("=", "=3D").replace(",", "=2C")
        self._bare = f"n={name},r={secrets.token_urlsafe(18)}"
        self._password = password
        self._server_signature = b""

    def first(self) -> bytes:
        return self._header + self._bare.encode()

    def final(self, challenge: bytes) -> bytes:
        fields = dict(part.split("=", 1) for part in challenge.decode().split(","))
        if not fields["r"].startswith(self._bare.partition(",r=")[2]):
            raise ValueError("the server's nonce does not begin with the client's")
        without_proof = f"c={b64(self._header + self._bound_to)},r={fields['r']}"
        signed = ",".join([self._bare, challenge.decode(), without_proof]).encode()
        salted = hashlib.pbkdf2_hmac(
            self._hash, self._password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
        client_key = self._hmac(salted, b"Client Key")
        stored_key = hashlib.new(self._hash, client_key).digest()
        signature = self._hmac(stored_key, signed)
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        self._server_signature = self._hmac(self._hmac(salted, b"Server Key"), signed)
        return f"{without_proof},p={b64(proof)}".encode()

    def verify(self, word: bytes) -> None:
        fields = dict(part.split("=", 1) for part in word.decode().split(","))
        if base64.b64decode(fields.get("v", "")) != self._server_signature:
            raise ValueError("the server does not know the password's keys")

    def _hmac(self, key: bytes, data: bytes) -> bytes:
        return hmac.new(key, data, self._hash).digest()
