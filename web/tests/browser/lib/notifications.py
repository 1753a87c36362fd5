"""A desktop's notifications for tests: org.freedesktop.Notifications on the bus of the session. Says on its output, a JSON object a
line, what is shown and what is closed; 'click ID' on its input is a click on one that is shown."""
import json
import sys

from gi.repository import Gio, GLib

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
INTERFACE = f"""<node><interface name="{NAME}">
  <method name="Notify">
    <arg direction="in" type="s"/><arg direction="in" type="u"/><arg direction="in" type="s"/><arg direction="in" type="s"/>
    <arg direction="in" type="s"/><arg direction="in" type="as"/><arg direction="in" type="a{{sv}}"/><arg direction="in" type="i"/>
    <arg direction="out" type="u"/>
  </method>
  <method name="CloseNotification"><arg direction="in" type="u"/></method>
  <method name="GetCapabilities"><arg direction="out" type="as"/></method>
  <method name="GetServerInformation">
    <arg direction="out" type="s"/><arg direction="out" type="s"/><arg direction="out" type="s"/><arg direction="out" type="s"/>
  </method>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""
CLOSED_BY_A_CALL = 3


def say(**what):
    print(json.dumps(what), flush=True)


class Notifications:
    def __init__(self):
        self.count = 0
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        self.bus.register_object(PATH, interface, self.call, None, None)
        Gio.bus_own_name_on_connection(self.bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: say(did="start"), None)

    def emit(self, signal, types, *values):
        self.bus.emit_signal(None, PATH, NAME, signal, GLib.Variant(types, values))

    def call(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        given = parameters.unpack()
        answer = None
        if method == "Notify":
            self.count += 1
            shown = given[1] or self.count
            say(did="show", id=shown, title=given[3], body=given[4])
            answer = GLib.Variant("(u)", (shown,))
        elif method == "CloseNotification":
            say(did="close", id=given[0])
            self.emit("NotificationClosed", "(uu)", given[0], CLOSED_BY_A_CALL)
        elif method == "GetCapabilities":
            answer = GLib.Variant("(as)", (["actions", "body", "persistence"],))
        else:
            answer = GLib.Variant("(ssss)", ("Rookery's tests", "Rookery", "1", "1.2"))
        invocation.return_value(answer)

    def click(self, shown):
        self.emit("ActionInvoked", "(us)", shown, "default")


def main():
    loop = GLib.MainLoop()
    notifications = Notifications()

    def heard(_channel, _condition):
        line = sys.stdin.readline()
        if line:
            notifications.click(int(line.split()[1]))
            return True
        loop.quit()
        return False

    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, heard)
    loop.run()


main()
