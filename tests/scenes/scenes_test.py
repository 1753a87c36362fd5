"""The runner's own tests: reading scripts, matching, and the world's two names for a JID."""

import pathlib
import unittest

from lib.element import parse_fragment
from scenes import run
from scenes.match import NAMESPACES, compare
from scenes.player import World
from scenes.script import ScriptError, load, parse

HEAD = """# Test: a title
[Client] Juliet
\tjid: juliet@localhost/balcony
\tpassword: pass
[Client] Juliet's phone
  jid: juliet@localhost
  password: pass
  resource: phone
  transport: websocket
  bind: no
-----
"""


def read(body: str, head: str = HEAD):
    return parse(pathlib.Path("a.scs"), head + body)


def fits(expected: str, actual: str, captures=None):
    return compare(parse_fragment(expected, NAMESPACES)[0], parse_fragment(actual)[0],
                   captures or {})


class ScriptTest(unittest.TestCase):
    def test_clients(self):
        scene = read("")
        self.assertEqual(scene.title, "a title")
        juliet, phone = scene.roles.values()
        self.assertEqual((juliet.login, juliet.bare_jid), ("juliet@localhost/balcony", "juliet@localhost"))
        self.assertEqual((phone.login, phone.transport, phone.bind),
                         ("juliet@localhost/phone", "websocket", False))

    def test_actions(self):
        scene = read("Juliet connects\n# why\nJuliet's phone sends:\n\t<presence>\n\n\t\t<show/>\n"
                     "\t</presence>\n\nJuliet receives nothing\nJuliet receives in order:\n    <iq/>\n")
        self.assertEqual([(a.role, a.verb, a.line) for a in scene.actions],
                         [("Juliet", "connects", 12), ("Juliet's phone", "sends", 14),
                          ("Juliet", "receives nothing", 20), ("Juliet", "receives in order", 21)])
        self.assertEqual(scene.actions[1].xml, "<presence>\n\n\t<show/>\n</presence>")
        self.assertEqual(scene.actions[1].xml_line, 15)

    def test_what_others_write(self):
        scene = read("-- a comment\n// another\nJuliet sends\n\t<presence/>\n---------\nJuliet disconnects\n")
        self.assertEqual([a.verb for a in scene.actions], ["sends", "disconnects"])

    def test_mistakes_have_a_line(self):
        for body, words in [("Romeo connects\n", "12: 'Romeo connects' begins with no client's name"),
                            ("Juliet sings\n", "12: a client cannot 'sings'"),
                            ("Juliet sends:\n", "12: 'Juliet sends:' has no indented XML"),
                            ("  <iq/>\n", "12: indented text")]:
            with self.assertRaisesRegex(ScriptError, words):
                read(body)
        for head, words in [("[Client] A\n\tjid: a@b\n-----\n", "needs jid: and password:"),
                            ("[Client] A\n\tcolour: red\n", "has no 'colour:'"),
                            ("[Client] A\n\tbind: maybe\n", "neither yes nor no"),
                            ("[Client] A\n\tauth: magic\n", "auth: is one of"),
                            ("[Client] A\n\tjid: a@b\n\tpassword: c\n", "no line of dashes"),
                            ("-----\n", r"no \[Client\]")]:
            with self.assertRaisesRegex(ScriptError, words):
                read("", head)

    def test_every_scene_of_the_tree_can_be_read(self):
        for path in run.find([]):
            with self.subTest(path=run.name_of(path)):
                scene = load(path)
                self.assertTrue(scene.title)
                for action in scene.actions:
                    if action.verb.startswith("receives") and action.xml:
                        parse_fragment(action.xml, NAMESPACES)


class MatchTest(unittest.TestCase):
    def test_more_is_allowed(self):
        self.assertEqual(fits("<message><body>a</body></message>",
                              "<message to='x'><subject/><body xml:lang='en'> a\n</body></message>"), {})

    def test_what_is_written_must_be_there(self):
        self.assertIn("has no attribute 'id'", fits("<iq id='1'/>", "<iq/>"))
        self.assertIn("has id='2', not '1'", fits("<iq id='1'/>", "<iq id='2'/>"))
        self.assertIn("says 'b', not 'a'", fits("<message><body>a</body></message>",
                                                "<message><body>b</body></message>"))
        self.assertIn("no child <body/>", fits("<message><body/></message>", "<message/>"))

    def test_namespaces(self):
        self.assertIn("of urn:a was expected", fits("<iq><a xmlns='urn:a'/></iq>",
                                                    "<iq><a xmlns='urn:b'/></iq>"))
        self.assertEqual(fits("<iq><a xmlns='urn:a'><b/></a></iq>",
                              "<iq><p:a xmlns:p='urn:a'><p:b/></p:a></iq>"), {})
        self.assertEqual(fits("<stream:error/>", "<stream:error/>"), {})

    def test_each_child_needs_its_own(self):
        two = "<iq><i n='1'/><i n='{scansion:any}'/></iq>"
        self.assertEqual(fits(two, "<iq><i n='2'/><i n='1'/></iq>"), {})
        self.assertIsInstance(fits(two, "<iq><i n='1'/></iq>"), str)
        any_first = "<iq><i n='{scansion:any}'/><i n='1'/></iq>"
        self.assertEqual(fits(any_first, "<iq><i n='1'/><i n='2'/></iq>"), {})

    def test_strict(self):
        strict = "<iq><q scansion:strict='true' a='1'><i><j/></i></q></iq>"
        self.assertEqual(fits(strict, "<iq id='1'><q a='1'><i><j/></i></q><r/></iq>"), {})
        for actual in ("<iq><q a='1' b='2'><i><j/></i></q></iq>",
                       "<iq><q a='1'><i><j/></i><k/></q></iq>",
                       "<iq><q a='1'><i><j/><j/></i></q></iq>",
                       "<iq><q a='1'><i><j>text</j></i></q></iq>"):
            self.assertIsInstance(fits(strict, actual), str)
        relaxed = "<iq scansion:strict='true'><q scansion:strict='false'><i/></q></iq>"
        self.assertEqual(fits(relaxed, "<iq><q a='1'><i/><k/></q></iq>"), {})
        self.assertEqual(fits(relaxed, "<iq id='1'><q><i/></q></iq>"), {})
        self.assertIsInstance(fits(relaxed, "<iq><q><i/></q><r/></iq>"), str)

    def test_wildcards(self):
        found = fits("<message id='{scansion:any}'><body>n {scansion:capture:n}</body></message>",
                     "<message id=''><body>n 42</body></message>")
        self.assertEqual(found, {"n": "42"})
        self.assertIsInstance(fits("<message id='{scansion:any}'/>", "<message/>"), str)

    def test_nothing_is_captured_from_what_does_not_fit(self):
        captures = {"x": "old"}
        self.assertIsInstance(fits("<iq id='{scansion:capture:x}' type='get'/>",
                                   "<iq id='new' type='set'/>", captures), str)
        self.assertEqual(captures, {"x": "old"})


class WorldTest(unittest.TestCase):
    def test_there_and_back(self):
        world = World("123")
        text = "<a to='romeo@localhost/x' b='xmpp:room@conference.localhost'>ROMEO@LOCALHOST a@b.c</a>"
        there = world.out(text)
        self.assertEqual(there, "<a to='romeo-123@localhost/x' b='xmpp:room-123@conference.localhost'>"
                         "ROMEO-123@LOCALHOST a@b.c</a>")
        self.assertEqual(world.back(there), text)


if __name__ == "__main__":
    unittest.main()
