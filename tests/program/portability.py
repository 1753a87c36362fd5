"""`rookery user export` and `import` (XEP-0227): an account moves whole, or not at all."""

from __future__ import annotations

import asyncio
import json
import re

from lib.element import CLIENT, Element
from lib.server import Server
from lib.xmpp import Client

from .accounts import can_log_in
from .support import JULIET, PASSWORD, ROMEO, archive, chat, expect, lovers, online, says, until

CARD = "<vCard xmlns='vcard-temp'><FN>Romeo &amp; Co</FN></vCard>"
PRIVATE = "<query xmlns='jabber:iq:private'><exodus xmlns='exodus:prefs'><nick>R</nick></exodus></query>"
PREFS = ("<prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>juliet@localhost</jid></always>"
         "<never><jid>tybalt@localhost</jid></never></prefs>")
BLOCK = "<block xmlns='urn:xmpp:blocking'><item jid='tybalt@localhost'/><item jid='capulet.example'/></block>"
CONTACT = ("<query xmlns='jabber:iq:roster'><item jid='juliet@localhost' name='Juliet &lt;3'>"
           "<group>Lovers</group><group>Verona</group></item></query>")


async def settle_in(server: Server) -> None:
    """Romeo with something of everything, and messages that no device of his has."""
    romeo, juliet = await lovers(server)
    for payload in (CARD, PRIVATE, CONTACT, PREFS, BLOCK):
        answer = await romeo.iq("set", payload)
        expect(answer.get("type") == "result", f"not kept: {answer}")
    await romeo.send(Element(CLIENT, "presence", {"to": JULIET, "type": "subscribe"}))
    await juliet.take(lambda e: e.name == "presence" and e.get("type") == "subscribe", "his request")
    await juliet.send(Element(CLIENT, "presence", {"to": ROMEO, "type": "subscribed"}))
    await juliet.send(Element(CLIENT, "presence", {"to": ROMEO, "type": "subscribe"}))
    await romeo.take(lambda e: e.name == "presence" and e.get("type") == "subscribe", "her request")
    for number in range(3):
        await romeo.send(chat(JULIET, f"his {number} <&>"))
        await juliet.take(says(f"his {number} <&>"))
        await juliet.send(chat(ROMEO, f"hers {number}"))
        await romeo.take(says(f"hers {number}"))
    await romeo.close()
    await juliet.send(chat(ROMEO, "while he was away"))
    await juliet.send(chat(ROMEO, "and another"))
    await until(lambda: has_sent(juliet, "and another"), "her last message in her archive")
    await juliet.close()


async def has_sent(client: Client, body: str) -> bool:
    return body in await archive(client)


async def export(server: Server, jid: str, name: str) -> str:
    path = server.directory / name
    await server.command("user", "export", jid, "--output", str(path))
    expect(path.stat().st_mode & 0o777 == 0o600, "others can read the credentials in the file")
    return path.read_text()


async def import_text(server: Server, text: str | bytes, name: str = "import.xml") -> tuple[int, str]:
    path = server.directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return await server.attempt("user", "import", str(path))


async def moved(server: Server, document: str) -> None:
    """What the second server has of Romeo is what the first had."""
    romeo = Client(ROMEO + "/new", PASSWORD, server.ports)
    await romeo.connect()
    for wanted, payload in (
            ("Romeo & Co", "<vCard xmlns='vcard-temp'/>"),
            ("R", "<query xmlns='jabber:iq:private'><exodus xmlns='exodus:prefs'/></query>")):
        texts = [e.text for e in (await romeo.iq("get", payload)).walk()]
        expect(wanted in texts, f"{wanted!r} is not among {texts}")
    roster = (await romeo.iq("get", "<query xmlns='jabber:iq:roster'/>")).path("query", "item")
    expect(roster is not None and (roster.get("name"), roster.get("subscription"), roster.get("ask"))
           == ("Juliet <3", "to", None) and [g.text for g in roster.children] == ["Lovers", "Verona"],
           f"roster: {roster}")
    blocked = (await romeo.iq("get", "<blocklist xmlns='urn:xmpp:blocking'/>")).walk()
    expect({e.get("jid") for e in blocked if e.name == "item"} == {"tybalt@localhost", "capulet.example"}, "blocks")
    await romeo.send(Element(CLIENT, "presence"))
    request = await romeo.take(lambda e: e.name == "presence" and e.get("type") == "subscribe", "her request")
    expect(request.get("from") == JULIET, f"a request: {request}")
    for body in ("while he was away", "and another"):
        message = await romeo.take(says(body), body)
        stamp = message.find("delay").get("stamp")
        expect(f"stamp='{stamp}'" in document, f"another time than before: {stamp}")
        ident = message.find("stanza-id").get("id")
        expect(f"<result xmlns='urn:xmpp:mam:2' id='{ident}'>" in document, f"another id than before: {ident}")
    expect(await archive(romeo) == ["his 0 <&>", "hers 0", "his 1 <&>", "hers 1", "his 2 <&>", "hers 2",
                                    "while he was away", "and another"], "the archive is another")
    await romeo.close()
    again = await online(server, ROMEO + "/again")
    expect(not any(e.name == "message" for _, e in again.inbox), "offline messages came twice")
    await again.close()


async def test_an_account_moves_while_both_servers_run() -> None:
    async with Server() as first, Server() as second:
        await settle_in(first)
        document = await export(first, ROMEO, "romeo.xml")
        status, output = await import_text(second, document)
        expect(status == 0 and "8 messages, 2 of them" in output, f"import: {output}")
        expect("not taken" not in output, f"something was left out: {output}")
        again = await export(second, ROMEO, "again.xml")
        expect(again == document, f"exported again it is another:\n{document}\n---\n{again}")
        await moved(second, document)
        await second.restart()
        expect(await can_log_in(second, ROMEO, PASSWORD), "after a restart he cannot sign in")


async def test_an_account_moves_between_servers_that_do_not_run() -> None:
    first, second = Server(), Server()
    await first.start()
    await settle_in(first)
    await first.stop()
    await first.command("user", "disable", JULIET)
    documents = [await export(first, jid, jid) for jid in (ROMEO, JULIET)]
    expect("disabled='true'" in documents[1] and "disabled" not in documents[0], "who is disabled?")
    for document in documents:
        status, output = await import_text(second, document)
        expect(status == 0, f"import: {output}")
    expect([await export(second, jid, jid + ".again") for jid in (ROMEO, JULIET)] == documents, "not the same")
    async with first, second:
        await moved(second, documents[0])
        expect(not await can_log_in(second, JULIET, PASSWORD), "a disabled account can sign in where it moved to")


async def test_an_export_goes_to_standard_output_and_replaces_no_file() -> None:
    server = Server()
    await server.user_add(ROMEO, PASSWORD)
    output = await server.command("user", "export", ROMEO)
    expect(output == await export(server, ROMEO, "romeo.xml"), "standard output and file differ")
    status, output = await server.attempt("user", "export", ROMEO, "--output", str(server.directory / "romeo.xml"))
    expect(status == 1 and "another name" in output, f"a file was replaced: {output}")
    status, output = await server.attempt("user", "export", JULIET, "--output", str(server.directory / "no.xml"))
    expect(status == 1 and "no such account" in output, f"nobody was exported: {output}")
    expect(not (server.directory / "no.xml").exists(), "a file is left of nobody")
    async with server:
        pass


def document(users: str, host: str = "localhost", head: str = "<?xml version='1.0' encoding='UTF-8'?>") -> str:
    return f"{head}<server-data xmlns='urn:xmpp:pie:0'><host jid='{host}'>{users}</host></server-data>"


def result(number: int, stamp: str = "", sender: str = JULIET) -> str:
    delay = f"<delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>" if stamp else ""
    return (f"<result xmlns='urn:xmpp:mam:2' id='28482-{number}'><forwarded xmlns='urn:xmpp:forward:0'>{delay}"
            f"<message xmlns='jabber:client' to='{ROMEO}' from='{sender}' type='chat'><body>{number}</body></message>"
            "</forwarded></result>")


BAD = [  # what, the document, words of the answer
    ("cut", document("<user name='romeo'><vCard xmlns='vcard-temp'><FN>Ro")[:140], ["the file ends", "line 1"]),
    ("empty", "", ["empty"]),
    ("no XML", "\x00\x01", ["line 1"]),
    ("case 1: DOCTYPE", document("<user name='romeo'/>", head="<!DOCTYPE x [<!ENTITY a 'b'>]>"), ["DOCTYPE"]),
    ("case 1: DOCTYPE within", document("<!DOCTYPE x><user name='romeo'/>"), ["DOCTYPE"]),
    ("case 1: entity", document("<user name='romeo'><vCard xmlns='vcard-temp'>&a;</vCard></user>"), ["entity"]),
    ("case 1: comment", document("<user name='romeo'><!-- x --></user>"), ["comment"]),
    ("latin-1", b"<?xml version='1.0' encoding='ISO-8859-1'?><server-data xmlns='urn:xmpp:pie:0'/>", ["UTF-8"]),
    ("case 9: bad UTF-8", document("<user name='romeo'><vCard xmlns='vcard-temp'>\\</vCard></user>").encode()
     .replace(b"\\", b"\xc3\x28"), ["UTF-8"]),
    ("two roots", document("<user name='romeo'/>") + "<x/>", ["behind the end"]),
    ("another document", "<html xmlns='http://www.w3.org/1999/xhtml'/>", ["server-data"]),
    ("wrong domain", document("<user name='romeo'/>", "elsewhere.example"), ["romeo@elsewhere.example", "domains"]),
    ("no address", document("<user name='a b'/>"), ["a b@localhost"]),
    ("no name", document("<user/>"), ["'name'"]),
    ("twice", document("<user name='romeo'/><user name='Romeo'/>"), ["twice"]),
    ("name is taken", document("<user name='romeo'/><user name='juliet'/>"), ["juliet@localhost", "the name is taken"]),
    ("file outside", document("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='../../etc/passwd'/>"),
     ["passwd", "beside"]),
    ("file that is not there", document("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='no.xml'/>"),
     ["no.xml", "cannot be read"]),
    ("nobody in it", document(""), ["no account"]),
]


async def refuse_all(server: Server) -> None:
    await server.user_add(JULIET, PASSWORD)
    for what, text, words in BAD:
        status, output = await import_text(server, text)
        expect(status == 1 and all(word in output for word in words), f"{what}: status {status}, {words} in: {output}")
        expect((await server.command("user", "list")).split()[0::3][:1] == [JULIET] and
               ROMEO not in await server.command("user", "list"), f"{what}: something was imported")
    status, output = await server.attempt("user", "import", str(server.directory / "nowhere.xml"))
    expect(status == 1 and "nowhere.xml" in output, f"a file that is not there: {output}")


async def case_01_bad_files_are_refused_whole_while_the_server_runs() -> None:
    async with Server() as server:
        await refuse_all(server)


async def case_01_bad_files_are_refused_whole_without_a_server() -> None:
    server = Server()
    await refuse_all(server)
    async with server:
        pass


async def test_files_of_other_servers() -> None:
    """A password in clear, one hash only, privacy lists, a file for every user, and what has no place here."""
    async with Server() as server:
        folder = server.directory / "localhost"
        folder.mkdir()
        (folder / "romeo.xml").write_text(
            "<?xml version='1.0'?>\n<user xmlns='urn:xmpp:pie:0' name='romeo' password='star-crossed'>"
            "<offline-messages>"
            f"<message xmlns='jabber:client' from='{JULIET}/balcony' to='{ROMEO}'><body>2</body>"
            f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROMEO}' id='28482-2'/></message>"
            f"<message xmlns='jabber:client' from='{JULIET}/balcony' to='{ROMEO}'><body>not archived</body>"
            "<delay xmlns='urn:xmpp:delay' from='localhost' stamp='2020-07-21T00:32:29Z'/></message>"
            "</offline-messages>"
            "<query xmlns='jabber:iq:privacy'><default name='p'/><list name='p'>"
            "<item type='jid' value='tybalt@localhost' action='deny' order='1'/><item action='allow' order='2'/></list>"
            "<list name='other'/></query>"
            f"<presence xmlns='jabber:client' type='subscribe' from='{JULIET}' id='x'/>"
            f"<query xmlns='jabber:iq:roster'><item jid='{JULIET}' subscription='to' ask='subscribe'/>"
            "<item jid='@@' subscription='both'/></query>"
            "<pie:archive xmlns:pie='urn:xmpp:pie:0#mam'>" + result(1, "2019-07-10T23:08:25Z") +
            result(2, "2019-07-10T23:08:25Z") + result(3, "2018-01-01T00:00:00Z") +
            result(4, "2999-01-01T00:00:00Z", "paris@localhost") + result(5) + result(6, sender="@@") + "</pie:archive>"
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='x'/></pubsub></user>")
        (server.directory / "localhost.xml").write_text(
            "<host xmlns='urn:xmpp:pie:0' xmlns:xi='http://www.w3.org/2001/XInclude' jid='localhost'>"
            "<xi:include href='localhost/romeo.xml'/><user name='juliet'>"
            "<scram-credentials xmlns='urn:xmpp:pie:0#scram' mechanism='SCRAM-SHA-1'><iter-count>4096</iter-count>"
            "<salt>QSXCR+Q6sek8bf92</salt><server-key>D+CSWLOshSulAsxiupA+qs2/fTE=</server-key>"
            "<stored-key>6dlGYMOdZcOPutkcNY8U2g7vK9Y=</stored-key></scram-credentials></user><shop xmlns='x:y'/></host>")
        status, output = await import_text(
            server, "<server-data xmlns='urn:xmpp:pie:0' xmlns:xi='http://www.w3.org/2001/XInclude'>"
                    "<xi:include href='localhost.xml'/></server-data>")
        expect(status == 0, f"import: {output}")
        for words in ("romeo@localhost: 5 messages, 2 of them not", "<shop xmlns='x:y'/>", "pubsub", "privacy list 'other'",
                      "'@@'", "later time", "future", "without one", "address that is none", "SCRAM-SHA-256"):
            expect(words in output, f"{words!r} is not told in: {output}")
        expect(await can_log_in(server, ROMEO, PASSWORD), "the password of the file does not work")
        # The keys are those of RFC 5802 §5: its user's password is "pencil".
        expect(await can_log_in(server, JULIET, "pencil", "plain"), "the credentials of the file do not work")
        expect(not await can_log_in(server, JULIET, "pencil2", "plain"), "any password works")
        romeo = await online(server, ROMEO + "/orchard")
        for body in ("2", "not archived"):
            message = await romeo.take(says(body), body)
            expect(len([e for e in message.children if e.name == "delay"]) in (1, 2), f"delay: {message}")
        expect(await archive(romeo) == ["1", "2", "3", "4", "5"], "the archive is another")
        stamps = re.findall(r"<forwarded [^>]*><delay[^>]* stamp='([^']*)'", await export(server, ROMEO, "again.xml"))
        expect(len(stamps) == 5 and stamps == sorted(stamps) and stamps[2].startswith("2019-07-10T23:08:25.0"),
               f"times: {stamps}")
        await romeo.close()


async def test_an_import_that_is_cut_off_leaves_nothing() -> None:
    """The command dies in the middle: the running server erases what came; a server that dies with it does so when
    it starts again."""
    async with Server() as server:
        text = document("<user name='romeo'><archive xmlns='urn:xmpp:pie:0#mam'>" +
                        "".join(result(n, "2020-01-01T00:00:00Z") for n in range(4000)) + "</archive></user>")
        status, output = await import_text(server, text[:-40])
        expect(status == 1 and "the file ends" in output, f"cut: {output}")
        for kill in (False, True):
            await half_an_import(server, text)
            if kill:
                await server.kill9()
                await server.start()
                expect("import that was not finished is erased" in server.log.read_text(), "not told")
            else:
                await until(lambda: name_is_free(server), "the name free again")
            expect(ROMEO not in await server.command("user", "list"), "half an account is there")
        status, output = await import_text(server, text)
        expect(status == 0 and "4000 messages" in output, f"the whole file: {output}")


async def half_an_import(server: Server, text: str) -> None:
    _, writer = await asyncio.open_unix_connection(str(server.data / "control.sock"))
    for request in ({"do": "user.import.begin", "jid": ROMEO},
                    {"do": "user.import.part", "xml": CARD},
                    {"do": "user.import.archived", "messages": [
                        {"message": f"<message from='{JULIET}' to='{ROMEO}'><body>{'x' * 9000}</body></message>",
                         "id": "1", "stamp": ""}] * 200}):
        writer.write(json.dumps(request).encode() + b"\n")
    await writer.drain()
    await until(lambda: name_is_taken(server), "the import begun")
    writer.close()


async def name_is_taken(server: Server) -> bool:
    status, _ = await server.attempt("user", "add", ROMEO, "--password-stdin", stdin=PASSWORD + "\n")
    if status == 0:
        await server.command("user", "delete", ROMEO)
    return status != 0


async def name_is_free(server: Server) -> bool:
    return not await name_is_taken(server)
