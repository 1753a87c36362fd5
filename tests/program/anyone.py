"""Case 59: whatever a client calls itself, wherever it says so, and whatever runs beside it, it is served as any other."""

from __future__ import annotations

from lib.element import CLIENT, Element
from lib.scram import b64, plain
from lib.server import Server
from lib.xmpp import BIND2, SASL2, Client

from .support import JULIET, PASSWORD, ROMEO, expect, http, online, says

NAMES = ["QQ", "QQ2010 (SP3)", "360safe present", "360安全卫士", "360 Total Security running", "腾讯QQ", "TIM/3.5.0", "WeChat", "Skype™",
         "Spark 2.9.4", "libpurple", "Conversations 2.10", "Monal (iOS)", "Openfire plugin", "Mozilla/5.0 (compatible)", "GPT-bot +http://x.example/",
         "<script>alert(1)</script>", "'; DROP TABLE accounts;--", "%s%n{}${jndi:ldap://x}", "מסנג'ר"]
PLAIN_NAME = "Just Another Client"
AGENT = "d4565fa7-4d72-4749-b3d3-740edbf87770"

# What is another each time: of these elements, these attributes or the text.
RANDOM_ATTRIBUTES = {"stream": {"id"}, "stanza-id": {"id"}, "result": {"id"}, "enabled": {"id"}, "delay": {"stamp"}, "metadata": {"*"},
                     "start": {"id", "timestamp"}, "end": {"id", "timestamp"}, "first": {"index"}}
RANDOM_TEXTS = {"first", "last", "count"}


def masked(element: Element, name: str) -> Element:
    """Without what is random, and with NAME for the name."""
    hidden = RANDOM_ATTRIBUTES.get(element.name, set())
    attributes = {key: "*" if key in hidden else value.replace(name, "NAME") for key, value in element.attrs.items()}
    if element.name in RANDOM_TEXTS:
        return Element(element.ns, element.name, attributes, ["*"])
    return Element(element.ns.replace(name, "NAME"), element.name, attributes,
                   [masked(item, name) if isinstance(item, Element) else item.replace(name, "NAME") for item in element.content])


def requests(name: str) -> dict[str, Element]:
    """What it asks of the server, by id; the name wherever a client may put one."""
    def of(kind: str, child: Element) -> Element:
        return Element(CLIENT, "iq", {"type": kind}, [child])
    label = Element("urn:example:client", "client", {"name": name}, [name])
    asked = {
        "services": of("get", Element("http://jabber.org/protocol/disco#info", "query")),
        "version": of("get", Element("jabber:iq:version", "query", {}, [label])),
        "contact": of("set", Element("jabber:iq:roster", "query", {}, [
            Element("jabber:iq:roster", "item", {"jid": "nurse@localhost", "name": name}, [Element("jabber:iq:roster", "group", {}, [name])])])),
        "contacts": of("get", Element("jabber:iq:roster", "query")),
        "card": of("set", Element("vcard-temp", "vCard", {}, [Element("vcard-temp", "FN", {}, [name])])),
        "own card": of("get", Element("vcard-temp", "vCard")),
        "settings": of("set", Element("jabber:iq:private", "query", {}, [label])),
        "own settings": of("get", Element("jabber:iq:private", "query", {}, [Element("urn:example:client", "client")])),
        "copies": of("set", Element("urn:xmpp:carbons:2", "enable")),
        "the unknown": of("get", label),
        "the unknown, changed": of("set", label),
        f"named {name}": of("get", Element("urn:xmpp:ping", "ping")),
    }
    for ident, request in asked.items():
        request.attrs["id"] = ident
    return asked


async def sign_in_by_sasl2(server: Server, name: str) -> Client:
    client = Client(ROMEO, PASSWORD, server.ports)
    await client.open_socket()
    await client.open_stream()
    agent = Element(SASL2, "user-agent", {"id": AGENT}, [Element(SASL2, field, {}, [name]) for field in ("software", "device")])
    bind = Element(BIND2, "bind", {}, [Element(BIND2, "tag", {}, [name])])
    label = Element("urn:example:client", "client", {"name": name})
    login = Element(SASL2, "initial-response", {}, [b64(plain("romeo", PASSWORD))])
    await client.send(Element(SASL2, "authenticate", {"mechanism": "PLAIN"}, [login, agent, bind, label]))
    success = await client.take(lambda e: e.ns == SASL2, "an answer")
    expect(success.name == "success", f"{name}: {success}")
    client.jid = success.find("authorization-identifier").text
    client.inbox.append((0, success))
    return client


async def day(server: Server, name: str, juliet: Client) -> list[str]:
    """All that was said to one of this name, and to Juliet of him."""
    heard: list[Element] = []
    romeo = await sign_in_by_sasl2(server, name)
    caps = Element("http://jabber.org/protocol/caps", "c", {"hash": "sha-1", "node": f"https://{name}/", "ver": "q07IKJEyjvHSyhy//CH0CxmKi8w="})
    await romeo.send(Element(CLIENT, "presence", {}, [caps, Element(CLIENT, "status", {}, [name])]))
    await romeo.take(lambda e: e.name == "presence", "its own presence")
    for ident, request in requests(name).items():
        await romeo.send(request)
        answer = await romeo.take(lambda e, ident=ident: e.name == "iq" and e.get("id") == ident, f"an answer to {ident}")
        heard.append(answer)
    await romeo.send(Element(CLIENT, "message", {"to": JULIET, "type": "chat", "id": name}, [
        Element(CLIENT, "body", {}, [f"{name} says"]), Element(CLIENT, "thread", {}, [name]), Element("urn:example:client", "client", {"name": name})]))
    heard.append(await juliet.take(says(f"{name} says"), "his message"))
    heard.append(await romeo.iq("set", "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>"
                                       "<max>1</max><before/></set></query>"))
    await juliet.send(Element(CLIENT, "iq", {"type": "get", "id": "v", "to": romeo.jid}, [Element("jabber:iq:version", "query")]))
    asked = await romeo.take(lambda e: e.get("id") == "v", "a question of hers")
    told = [Element("jabber:iq:version", field, {}, [name]) for field in ("name", "version", "os")]
    await romeo.send(Element(CLIENT, "iq", {"type": "result", "id": "v", "to": asked.get("from") or ""}, [Element("jabber:iq:version", "query", {}, told)]))
    heard.append(await juliet.take(lambda e: e.get("id") == "v", "his version"))
    await romeo.close()
    heard += [element for _, element in romeo.inbox]

    old_way = await online(server, f"{ROMEO}/{name}")
    expect(old_way.jid == f"{ROMEO}/{name}", f"{name!r} is bound as {old_way.jid}")
    heard.append(await old_way.iq("get", "<ping xmlns='urn:xmpp:ping'/>"))
    await old_way.close()
    heard += [element for _, element in old_way.inbox]
    page = await http(server, "/", f"Host: localhost\r\nUser-Agent: {name.encode().decode('latin-1')}\r\n")
    return [*(str(masked(element, name)) for element in heard), f"{page.status} {len(page.body)}"]


async def case_59_twenty_names_in_every_field_are_served_alike() -> None:
    async with Server() as server:
        for jid in (ROMEO, JULIET):
            await server.user_add(jid, PASSWORD)
        juliet = await online(server, f"{JULIET}/balcony")
        for _ in range(2):  # from here on there are a card, a contact, and a history of more than a page
            await day(server, PLAIN_NAME, juliet)
        wanted = await day(server, PLAIN_NAME, juliet)
        wrong = []
        for name in NAMES:
            heard = await day(server, name, juliet)
            wrong += [f"{name!r} heard\n  {mine}\nand others\n  {theirs}" for mine, theirs in zip(heard, wanted) if mine != theirs][:1]
            if len(heard) != len(wanted):
                wrong.append(f"{name!r} heard {len(heard)} things, others {len(wanted)}")
        expect(len(NAMES) == 20 and not wrong, "\n".join(wrong[:3]))
