"""What the program serves over HTTP itself."""

from __future__ import annotations

import gzip
import json
import re
from xml.etree import ElementTree

from lib.server import Server

from .support import JULIET, chat, expect, http, lovers, metric, says, until

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"\})? '
                    r"([-+]?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|Inf|NaN))")

# Case 50. Each would lead out of any folder if it were decoded once, twice, or half.
ESCAPES = [
    "/../etc/passwd", "/../../../../etc/passwd", "/metrics/../../etc/passwd", "/./metrics", "/..", "/%2e%2e/etc/passwd",
    "/%2E%2E%2Fetc%2Fpasswd", "/..%2fetc/passwd", "/%2e%2e%5cetc%5cpasswd", "/..\\etc\\passwd", "/%u002e%u002e/etc/passwd",
    "/%252e%252e%252fetc/passwd", "/%c0%ae%c0%ae/etc/passwd", "/metrics%00.html", "/%00", "//etc/passwd", "/metrics/",
    "/.well-known/../metrics", "/.well-known/%2e%2e/metrics", "/setup/setup-s/%u002e%u002e/%u002e%u002e/metrics",
    "/admin/..;/metrics", "/admin", "/..;/metrics", "/%", "/%2", "/%zz", "/metrics%20", "/METRICS", "metrics", "*",
    "http://localhost/../etc/passwd", "/\xc0\xae\xc0\xae/etc/passwd",
]


def parse_metrics(page: str) -> dict[str, float]:
    """Prometheus text format 0.0.4: what it says of itself is true, and comes before its samples, once."""
    kinds: dict[str, str] = {}
    samples: dict[str, float] = {}
    expect(page.endswith("\n"), "the last line has no end")
    for line in page.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.split()[2:]
            expect(name not in kinds, f"{name} has its type told twice")
            expect(kind in ("counter", "gauge", "histogram"), line)
            kinds[name] = kind
            continue
        if line.startswith("# HELP "):
            expect(len(line.split()) > 3, f"no help: {line}")
            continue
        found = SAMPLE.fullmatch(line)
        expect(found, f"no sample: {line}")
        if found is None:
            continue
        name, labels, value = found.groups()
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        expect(name in kinds or kinds.get(family) == "histogram", f"the type of {name} is not told before it")
        expect(kinds.get(name) != "counter" or name.endswith("_total"), f"the counter {name} has no _total")
        expect(name + (labels or "") not in samples, f"twice: {line}")
        samples[name + (labels or "")] = float(value)
    return samples


async def test_metrics_are_prometheus_text_and_move() -> None:
    async with Server() as server:
        async def nobody_is_there() -> bool:
            return await metric(server, "connections") == 0 and await metric(server, "sessions") == 0

        await until(nobody_is_there, "whoever asked whether it is up is gone")
        answer = await http(server, "/metrics")
        expect(answer.status == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4"), f"{answer.headers}")
        before = parse_metrics(answer.body.decode())
        romeo, juliet = await lovers(server)
        for number in range(5):
            await romeo.send(chat(juliet.jid, f"{number}"))
        await juliet.take(says("4"), "the last message")
        await juliet.iq("get", "<ping xmlns='urn:xmpp:ping'/>")
        after = parse_metrics((await http(server, "/metrics")).body.decode())
        expect(before.keys() == after.keys(), f"the names change: {before.keys() ^ after.keys()}")
        grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
        for name, by in [("sessions", 2), ("connections", 2), ("accounts_loaded", 2), ("logins_total", 2),
                         ('messages_total{logged="yes"}', 5), ('stanzas_received_total{kind="message"}', 5),
                         ('stanzas_received_total{kind="presence"}', 2)]:
            expect(grown.get(f"rookery_{name}") == by, f"{name} went up by {grown.get(f'rookery_{name}')}, not {by}")
        for name in ('stanzas_sent_total{kind="message"}', 'stanzas_sent_total{kind="presence"}', 'stanzas_sent_total{kind="iq"}', "commit_seconds_count", "store_syncs_total", "store_entries_total", "store_bytes_written_total"):
            expect(grown.get(f"rookery_{name}", 0) > 0, f"{name} does not move")
        await romeo.close()
        await juliet.close()
        await until(nobody_is_there, "sessions and connections of those who have left are gone")


async def test_metrics_show_what_waits() -> None:
    """Each queue has its figure. The unit tests fill all of them; here, what clients can leave lying."""
    async with Server(settings={"limits.output_kilobytes": "65536"}) as server:
        romeo, juliet = await lovers(server)
        await juliet.send_raw("<enable xmlns='urn:xmpp:sm:3'/>")
        await juliet.take(lambda e: e.name == "enabled", "<enabled/>")
        await romeo.send(chat(juliet.jid, "hello"))
        await juliet.take(says("hello"), "the message")
        shown = parse_metrics((await http(server, "/metrics")).body.decode())
        expect(shown["rookery_unacked_stanzas"] == 1 and shown["rookery_unacked_bytes"] > 100, f"unacknowledged: {shown}")
        for name in ("output_queue_bytes", "pipeline_stanzas", "pipeline_bytes", "mails_waiting", "password_jobs_waiting", "store_queue_bytes"):
            expect(f"rookery_{name}" in shown, f"no {name}")
        await juliet.send_raw("<a xmlns='urn:xmpp:sm:3' h='1'/>")
        await juliet.iq("get", "<ping xmlns='urn:xmpp:ping'/>")
        expect(await metric(server, "unacked_stanzas") == 1, "but for the answer to the ping, all is acknowledged")
        # Of a client that reads nothing, what the sockets' buffers do not take stays with the server.
        romeo.stop_reading()
        for _ in range(70):
            await juliet.send(chat(romeo.jid, "x" * 200_000))

        async def waits() -> bool:
            return await metric(server, "output_queue_bytes") > 100_000
        await until(waits, "output that waits for a client")


async def test_metrics_are_not_for_everyone() -> None:
    async with Server(settings={"http.metrics_from": '["10.0.0.0/8"]'}) as server:
        answer = await http(server, "/metrics")
        expect(answer.status == 403, f"{answer.status}")
        forged = await http(server, "/metrics", "Host: localhost\r\nX-Forwarded-For: 10.1.2.3\r\n")
        expect(forged.status == 403, f"X-Forwarded-For of anyone is believed: {forged.status}")


async def test_host_meta_names_the_websocket() -> None:
    """XEP-0156 §3, for browsers of any origin, by the name under which they asked."""
    async with Server() as server:
        asked = f"Host: localhost:{server.ports['http']}\r\n"
        url = f"ws://localhost:{server.ports['http']}/xmpp-websocket"
        as_xml = await http(server, "/.well-known/host-meta", asked)
        expect(as_xml.headers["content-type"].startswith("application/xrd+xml"), f"{as_xml.headers}")
        link = ElementTree.fromstring(as_xml.body).find("{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link")
        expect(link is not None and dict(link.attrib) == {"rel": "urn:xmpp:alt-connections:websocket", "href": url}, f"{as_xml.body!r}")
        as_json = await http(server, "/.well-known/host-meta.json", asked)
        expect(json.loads(as_json.body) == {"links": [{"rel": "urn:xmpp:alt-connections:websocket", "href": url}]}, f"{as_json.body!r}")
        for answer in (as_xml, as_json):
            expect(answer.status == 200 and answer.headers.get("access-control-allow-origin") == "*", f"{answer.headers}")
            # Case 29
            expect("access-control-allow-credentials" not in answer.headers, "credentials for any origin")
        strange = await http(server, "/.well-known/host-meta.json", 'Host: a"],"x<y:1\r\n')
        expect(strange.status == 400 or json.loads(strange.body)["links"], f"{strange.body!r}")
    async with Server(settings={"http.public_url": '"https://chat.example.org/"'}) as server:
        answer = await http(server, "/.well-known/host-meta.json")
        expect(json.loads(answer.body)["links"][0]["href"] == "wss://chat.example.org/xmpp-websocket", f"{answer.body!r}")


async def test_front_page_and_security_headers() -> None:
    async with Server() as server:
        answer = await http(server, "/")
        expect(answer.status == 200 and b"<script" in answer.body, f"{answer.status} {answer.body!r}")
        for name, value in [("content-type", "text/html; charset=utf-8"), ("x-content-type-options", "nosniff"),
                            ("referrer-policy", "no-referrer"), ("cache-control", "no-cache"), ("x-frame-options", "DENY")]:
            expect(answer.headers.get(name) == value, f"{name}: {answer.headers.get(name)}")
        policy = answer.headers.get("content-security-policy", "")
        expect("default-src 'none'" in policy and "unsafe" not in policy, f"{answer.headers}")
        again = await http(server, "/", f"Host: localhost\r\nIf-None-Match: {answer.headers['etag']}\r\n")
        expect(again.status == 304 and again.body == b"", f"{again}")
        expect("server" not in answer.headers, "the version is told to everyone")
        head = await http(server, "/", method="HEAD")
        expect(head.status == 200 and head.body == b"" and head.headers["content-length"] == str(len(answer.body)), f"{head}")
        missing = await http(server, "/nothing/here")
        expect(missing.status == 404 and missing.headers.get("x-content-type-options") == "nosniff", f"{missing}")


async def test_files_of_the_page_are_compressed_and_kept() -> None:
    """What the page names is there, small, and asked for once."""
    async with Server() as server:
        page = (await http(server, "/")).body.decode()
        named = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
        expect(any(name.endswith(".js") for name in named), f"no script: {page}")
        for name in named:
            plain = await http(server, name)
            small = await http(server, name, "Host: localhost\r\nAccept-Encoding: gzip\r\n")
            expect(plain.status == 200 and "immutable" in plain.headers.get("cache-control", ""), f"{name}: {plain.headers}")
            expect("content-encoding" not in plain.headers, f"{name}: nobody asked for {plain.headers}")
            if small.headers.get("content-encoding") == "gzip":
                expect(gzip.decompress(small.body) == plain.body, f"{name}: not the same bytes")
            else:
                expect(len(plain.body) < 2000, f"{name}: {len(plain.body)} bytes, not compressed")


async def test_the_page_is_told_its_domains() -> None:
    async with Server() as server:
        answer = await http(server, "/client.json")
        expect(json.loads(answer.body)["domains"][0] == "localhost", f"{answer.body!r}")
        expect(answer.headers.get("cache-control") == "no-store", f"{answer.headers}")


async def test_pages_refuse_methods_that_are_not_theirs() -> None:
    async with Server() as server:
        for page in ("/metrics", "/.well-known/host-meta", "/.well-known/host-meta.json", "/"):
            answer = await http(server, page, "Host: localhost\r\nContent-Length: 0\r\n", "POST")
            expect(answer.status == 405 and answer.headers.get("allow") == "GET, HEAD", f"POST {page}: {answer}")
        wrong = {}
        for method in ("POST", "PUT", "DELETE", "TRACE", "BREW"):
            answer = await http(server, "/", "Host: localhost\r\nContent-Length: 0\r\n", method)
            if answer.status not in (400, 404, 405, 501):
                wrong[method] = answer.status
        expect(not wrong, f"answered as if they were GET: {wrong}")


async def case_50_no_path_leads_out() -> None:
    async with Server() as server:
        wrong = []
        for target in ESCAPES:
            answer = await http(server, target)
            if answer.status not in (400, 404) or b"root:" in answer.body or b"# HELP" in answer.body:
                wrong.append(f"{target!r}: {answer.status} {answer.body[:60]!r}")
        expect(not wrong, "\n".join(wrong))
        expect((await http(server, "/metrics")).status == 200, "the server does not answer any more")
