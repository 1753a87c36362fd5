"""Mistakes in the configuration: the program does not start, and says where the mistake is and what would be right."""

from __future__ import annotations

import asyncio
import pathlib
import socket
import xml.etree.ElementTree

from lib.server import ROOT, Server, binary

from .support import expect

# What stands in line 3 of the file, and what has to be in the answer beside the file and the line.
MISTAKES = [
    ("colour = 'red'", ["'colour'", "not known", "domains"]),
    ("auth.dead_line = 5", ["'auth.dead_line'", "not known", "deadline"]),
    ("limits.devices = 'many'", ["devices", "a whole number from 1 to 1000"]),
    ("limits.devices = 0", ["devices", "a whole number from 1 to 1000"]),
    ("limits.devices = 1.5", ["devices", "a whole number from 1 to 1000"]),
    ("auth.deadline = 4", ["deadline", "from 5 to 600", "seconds"]),
    ("auth.plain = 'yes'", ["plain", "true or false"]),
    ("http.origins = 'https://example.org'", ["origins", "a list of texts"]),
    ("http.origins = [1, 2]", ["origins", "a list of texts"]),
    ("log = 'debug'", ["log"]),
    ("log.level = 'loud'", ["log.level", '"loud"', '"debug", "info", "warning"']),
    ("store.durability = 'none'", ["store.durability", '"power"', '"process"']),
    ("listen.c2s = ['5222']", ["listen.c2s", '"5222"', '"0.0.0.0:5222"']),
    ("listen.c2s = ['127.0.0.1:70000']", ["listen.c2s", '"127.0.0.1:70000"', '"0.0.0.0:5222"']),
    ("limits.resume_at = 'node1:99999'", ["limits.resume_at", '"node1:99999"', '"node1.example.org:5222"']),
    ("domains = []", ["domains", "example.org"]),
    ("domains = ['a@b']", ["domains", '"a@b"', "example.org"]),
    ("tls.certificates = ['a.pem']", ["tls.certificates", "tls.keys", "same length"]),
    ("http.metrics_from = ['everywhere']", ["http.metrics_from", '"everywhere"', '"10.0.0.0/8"']),
    ("http.trusted_proxies = ['10.0.0.0/33']", ["http.trusted_proxies", '"10.0.0.0/33"', '"10.0.0.0/8"']),
    ("federation.port = 5269", ["[federation]", "docs/operate.md"]),
    ("modules.telepathy.enabled = true", ["module", "'telepathy'", "docs/reference.md"]),
    ("modules.ping.volume = 11", ["'modules.ping.volume'", "not known"]),
    ("modules.ping.enabled = 'maybe'", ["modules.ping.enabled", "true or false"]),
    ("modules.contact_info.abuse = ['nobody']", ["'modules.contact_info.abuse'", '"nobody"', "mailto:"]),
    ("modules.registration.reserved_names = ['a@b']", ["'modules.registration.reserved_names'", '"a@b"', "before the '@'"]),
    ("domains = ['localhost'", ["TOML"]),
    ("log.level = 'info'\nlog.level = 'debug'", ["TOML"]),
]


async def refused(server: Server, text: str) -> str:
    """What the program says. A server that starts on a mistake finds its port taken, and so it ends in any case."""
    taken = socket.create_server(("127.0.0.1", 0))
    server.configuration.write_text(text + f"\nlisten.https = ['127.0.0.1:{taken.getsockname()[1]}']\n")
    status, output = await server.attempt("serve", "--config", str(server.configuration))
    taken.close()
    expect(status == 1, f"status {status} for {text!r}: {output}")
    return output


async def test_mistakes_are_refused_with_their_place() -> None:
    server, wrong = Server(), []
    for line, words in MISTAKES:
        output = await refused(server, f"# one\n# two\n{line}\n")
        missing = [word for word in [str(server.configuration), "line 3", *words] if word not in output]
        if line.count("\n") or line.endswith("'localhost'"):  # found where the next line begins
            missing = [word for word in missing if word != "line 3"]
        if missing:
            wrong.append(f"{line!r} is answered without {missing}:\n    {output.rstrip()}")
    expect(not wrong, "\n".join(wrong))


async def test_all_mistakes_are_told_at_once() -> None:
    server = Server()
    output = await refused(server, "colour = 'red'\nlimits.devices = 0\nnowhere.x = 1\n")
    for place in ("line 1", "line 2", "line 3"):
        expect(place in output, f"no {place} in:\n{output}")


async def test_a_file_that_is_not_there() -> None:
    server = Server()
    server.configuration.unlink()
    status, output = await server.attempt("serve", "--config", str(server.configuration))
    expect(status == 1 and str(server.configuration) in output, f"status {status}: {output}")


async def test_a_port_that_is_taken() -> None:
    async with Server() as first:
        second = Server(settings={"listen.c2s": f'["127.0.0.1:{first.ports["c2s"]}"]'})
        status, output = await second.attempt("serve", "--config", str(second.configuration))
        expect(status == 1 and f"127.0.0.1 port {first.ports['c2s']}" in output, f"status {status}: {output}")


async def test_data_of_a_running_server() -> None:
    async with Server() as first:
        second = Server()
        second.data = first.data
        status, output = await second.attempt("serve", "--config", str(second.configuration))
        expect(status == 1 and str(first.data) in output, f"status {status}: {output}")


async def test_words_the_program_does_not_know() -> None:
    server = Server()
    for words in (["sing"], ["user"], ["user", "add"], ["serve", "--loud"]):
        status, output = await server.attempt(*words)
        expect(status == 2 and output, f"{words}: status {status}: {output}")


async def test_the_reference_is_the_programs() -> None:
    """docs/reference.md is what `rookery reference > docs/reference.md` writes, and with --doap docs/rookery.doap."""
    for words, name in ((["reference"], "docs/reference.md"), (["reference", "--doap"], "docs/rookery.doap")):
        process = await asyncio.create_subprocess_exec(str(binary()), *words, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        expect(process.returncode == 0 and output == (ROOT / name).read_bytes(),
               f"{name} is not what 'rookery {' '.join(words)}' writes: write it anew")
        if name.endswith(".doap"):
            told = [e for e in xml.etree.ElementTree.fromstring(output).iter() if e.tag.endswith("SupportedXep")]
            expect(len(told) > 30, f"{name} tells of {len(told)} extensions")


EXPIRED = """[ca]
default_ca = own
[own]
database = {0}/index.txt
new_certs_dir = {0}
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:localhost
"""


async def openssl(*words: str) -> None:
    process = await asyncio.create_subprocess_exec("openssl", *words, stdout=asyncio.subprocess.DEVNULL,
                                                   stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    expect(process.returncode == 0, f"openssl {words[0]}: {said.decode()}")


async def self_signed(folder: pathlib.Path, name: str) -> tuple[pathlib.Path, pathlib.Path]:
    chain, key = folder / f"{name}.crt", folder / f"{name}.key"
    await openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
                  "-addext", "subjectAltName=DNS:localhost", "-days", "30", "-keyout", str(key), "-out", str(chain))
    return chain, key


async def test_certificate_files_that_do_not_serve() -> None:
    """Line 2 names the chains, line 3 their keys; the second of each is the wrong one."""
    server, wrong = Server(), []
    chain, key = await self_signed(server.directory, "good")
    _, other = await self_signed(server.directory, "other")
    missing, text = server.directory / "missing.pem", server.directory / "text.pem"
    text.write_text("no certificate, no key\n")
    for second_chain, second_key, line, words in [
            (missing, key, 2, ["tls.certificates", str(missing), "cannot be read", "check the path"]),
            (text, key, 2, ["tls.certificates", str(text), "holds no certificate", "a PEM file"]),
            (chain, missing, 3, ["tls.keys", str(missing), "cannot be read", "check the path"]),
            (chain, text, 3, ["tls.keys", str(text), "no usable private key", "a PEM file"]),
            (chain, other, 3, ["tls.keys", str(other), "does not belong", "that the certificate was made for"])]:
        output = await refused(server, f"# one\ntls.certificates = ['{chain}', '{second_chain}']\n"
                                       f"tls.keys = ['{key}', '{second_key}']\n")
        lacking = [word for word in [f"{server.configuration}, line {line}", *words] if word not in output]
        if lacking:
            wrong.append(f"{second_chain.name} with {second_key.name} is answered without {lacking}:\n    {output.rstrip()}")
    expect(not wrong, "\n".join(wrong))


async def case_24_an_expired_certificate_is_told_of() -> None:
    server = Server()
    folder = server.directory
    chain, key, request, rules = (folder / name for name in ("chain.pem", "key.pem", "request.pem", "ca.cnf"))
    rules.write_text(EXPIRED.format(folder))
    (folder / "index.txt").touch()
    await openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                  "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(request))
    await openssl("ca", "-config", str(rules), "-selfsign", "-keyfile", str(key), "-in", str(request), "-out", str(chain),
                  "-startdate", "20240101000000Z", "-enddate", "20240201000000Z", "-batch", "-notext")
    server.configuration.write_text(server.configuration.read_text()
                                    + f'tls.certificates = ["{chain}"]\ntls.keys = ["{key}"]\n')
    async with server:
        status, said = await server.attempt("check", "--config", str(server.configuration))
        expect(status == 1 and "the certificate for localhost has expired" in said, f"{status}: {said}")
