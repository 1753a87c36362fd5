#!/usr/bin/python3
"""slixmpp: login by SCRAM over STARTTLS, roster, subscription both ways, chat, history page by page,
copies for a second device, and a session resumed after the socket is cut."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
import traceback

import slixmpp

TIMEOUT_S = 15.0
PORTS = json.loads(os.environ["ROOKERY_PORTS"])
ROMEO, JULIET = json.loads(os.environ["ROOKERY_ACCOUNTS"])
PASSWORD = os.environ["ROOKERY_PASSWORD"]


class Stranger(slixmpp.ClientXMPP):
    """Keeps events in queues, so that a check can wait for what has come already."""

    EVENTS = ("session_start", "session_resumed", "roster_update", "message", "presence_subscribe",
              "presence_subscribed", "presence_available", "carbon_received", "carbon_sent",
              "disconnected", "sm_enabled")

    def __init__(self, jid: str) -> None:
        super().__init__(jid, PASSWORD)
        self.ssl_context.check_hostname = False
        self.ssl_context.verify_mode = ssl.CERT_NONE
        self.auto_authorize = None
        self.auto_subscribe = False
        self.queues: dict[str, asyncio.Queue] = {name: asyncio.Queue() for name in self.EVENTS}
        for name, queue in self.queues.items():
            self.add_event_handler(name, queue.put_nowait)

    def open(self) -> None:
        self.connect(("127.0.0.1", PORTS["c2s"]), force_starttls=True)

    async def online(self) -> "Stranger":
        self.open()
        await self.next("session_start")
        return self

    async def next(self, event: str, wanted=lambda _: True):
        """The next such event that `wanted` accepts; the others are dropped."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                while True:
                    data = await self.queues[event].get()
                    if wanted(data):
                        return data
        except TimeoutError as error:
            raise AssertionError(f"{self.boundjid}: no {event}") from error


class Checks:
    romeo: Stranger
    juliet: Stranger

    async def login_by_scram_over_starttls(self) -> None:
        self.romeo = await Stranger(f"{ROMEO}/desk").online()
        self.juliet = await Stranger(f"{JULIET}/balcony").online()
        assert self.romeo.boundjid.bare == ROMEO
        assert "starttls" in self.romeo.features, self.romeo.features
        assert self.romeo["feature_mechanisms"].mech.name.startswith("SCRAM-")

    async def roster(self) -> None:
        await self.romeo.get_roster()
        await self.juliet.get_roster()
        await self.romeo.update_roster(JULIET, name="Juliet", groups=["Verona"])
        await self.romeo.next("roster_update", lambda iq: JULIET in iq["roster"]["items"])
        item = self.romeo.client_roster[JULIET]
        assert (item["name"], item["groups"]) == ("Juliet", ["Verona"]), item

    async def subscription_both_ways(self) -> None:
        self.romeo.send_presence()
        self.juliet.send_presence()
        for one, other in ((self.romeo, self.juliet), (self.juliet, self.romeo)):
            one.send_presence_subscription(other.boundjid.bare)
            await other.next("presence_subscribe", lambda p, one=one: p["from"] == one.boundjid.bare)
            other.send_presence(pto=one.boundjid.bare, ptype="subscribed")
            await one.next("presence_subscribed")
            await one.next("presence_available", lambda p, other=other: p["from"] == other.boundjid)
        await self.romeo.next("roster_update", lambda iq: any(
            item["subscription"] == "both" for item in iq["roster"]["items"].values()))
        assert self.romeo.client_roster[JULIET]["subscription"] == "both"

    async def chat(self) -> None:
        self.romeo.send_message(mto=JULIET, mbody="But soft, <what> light & 🌹", mtype="chat")
        got = await self.juliet.next("message")
        assert (got["body"], got["from"]) == ("But soft, <what> light & 🌹", self.romeo.boundjid), got
        got.reply("Ay me!").send()
        assert (await self.romeo.next("message"))["body"] == "Ay me!"

    async def history_page_by_page(self) -> None:
        self.romeo.register_plugin("xep_0313")
        for number in range(25):
            self.romeo.send_message(mto=JULIET, mbody=f"line {number}", mtype="chat")
        await self.juliet.next("message", lambda m: m["body"] == "line 24")
        found = []
        async for entry in self.romeo["xep_0313"].iterate(with_jid=slixmpp.JID(JULIET), rsm={"max": 10}):
            found.append(entry["mam_result"]["forwarded"]["stanza"]["body"])
        assert found[-25:] == [f"line {n}" for n in range(25)], found
        assert len(found) == 27, found

    async def copies_for_a_second_device(self) -> None:
        phone = Stranger(f"{ROMEO}/phone")
        phone.register_plugin("xep_0280")
        await phone.online()
        await phone["xep_0280"].enable()
        self.romeo.send_message(mto=JULIET, mbody="from the desk", mtype="chat")
        copy = (await phone.next("carbon_sent"))["carbon_sent"]
        assert (copy["body"], copy["from"]) == ("from the desk", self.romeo.boundjid), copy
        self.juliet.send_message(mto=self.romeo.boundjid, mbody="to the desk", mtype="chat")
        copy = (await phone.next("carbon_received"))["carbon_received"]
        assert copy["body"] == "to the desk", copy
        await phone.disconnect()

    async def session_resumed_after_the_socket_is_cut(self) -> None:
        device = Stranger(f"{ROMEO}/watch")
        device.register_plugin("xep_0198")
        await device.online()
        device.send_presence()
        await device.next("sm_enabled")
        device.transport.abort()
        await device.next("disconnected")
        self.juliet.send_message(mto=device.boundjid, mbody="are you gone?", mtype="chat")
        device.open()
        await device.next("session_resumed")
        await device.next("message", lambda m: m["body"] == "are you gone?")
        await device.disconnect()

    async def clean_end(self) -> None:
        for one in (self.romeo, self.juliet):
            await asyncio.wait_for(one.disconnect(), TIMEOUT_S)


async def main() -> None:
    checks = Checks()
    for name in [n for n in vars(Checks) if not n.startswith("_") and callable(getattr(checks, n, None))]:
        try:
            async with asyncio.timeout(4 * TIMEOUT_S):
                await getattr(checks, name)()
        except Exception:  # whatever a stranger's library throws is a failed check
            why = traceback.format_exc().strip().replace("\n", " | ")
            print(f"not ok - slixmpp: {name.replace('_', ' ')}: {why}", flush=True)
            return
        print(f"ok - slixmpp: {name.replace('_', ' ')}", flush=True)


if __name__ == "__main__":
    asyncio.get_event_loop().run_until_complete(main())
    sys.stdout.flush()
    os._exit(0)  # slixmpp leaves tasks behind that would wait for nothing
