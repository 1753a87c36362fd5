"""The judge must see each kind of broken promise."""

import unittest

from crash.conversation import Conversation


class ConversationTest(unittest.TestCase):
    def setUp(self):
        self.talk = Conversation("a@x", "b@x")
        for _ in range(3):
            self.talk.next_id()
        self.talk.acknowledged = {1, 2}

    def test_ids(self):
        self.assertEqual(self.talk.next_id(), "a@x#4")
        self.assertEqual(self.talk.number_of("a@x#4"), 4)
        self.assertIsNone(self.talk.number_of("b@x#4"))
        self.assertIsNone(self.talk.number_of(None))

    def test_all_is_well(self):
        for number in (1, 2, 3, 3):
            self.talk.note_arrival(number, f"id{number}")
        self.assertEqual((self.talk.wrong, self.talk.repeats, self.talk.everything_arrived()), ([], 1, True))
        whole = [(1, "id1"), (2, "id2"), (3, "id3")]
        self.assertEqual(self.talk.check_archive("b@x", whole), [])
        self.assertEqual(self.talk.check_archive("a@x", [(1, "x"), (2, "y"), (3, "z")]), [])

    def test_arrivals(self):
        self.talk.note_arrival(2, "id2")
        self.talk.note_arrival(1, "id1")
        self.talk.note_arrival(2, "other")
        self.talk.note_arrival(3, None)
        self.assertEqual(self.talk.wrong, [
            "a@x to b@x: 1 came after 2", "a@x to b@x: 2 came as id2, and again as other",
            "a@x to b@x: 3 came without a stanza-id"])

    def test_archives(self):
        self.talk.note_arrival(1, "id1")
        for found, words in [
            ([(1, "id1"), (3, "id3")], "acknowledged, and not in b@x's archive: [2]"),
            ([(1, "id1"), (2, "id2")], "sent until acknowledged, and not in b@x's archive: [3]"),
            ([(1, "id1"), (2, "id2"), (3, "id3"), (3, "id4")], "3 is 2 times in b@x's archive"),
            ([(2, "id2"), (1, "id1"), (3, "id3")], "1 follows 2 in b@x's archive"),
            ([(1, "no"), (2, "id2"), (3, "id3")], "1 came as id1, and is no in the archive"),
        ]:
            self.assertEqual(self.talk.check_archive("b@x", found), [f"a@x to b@x: {words}"])


if __name__ == "__main__":
    unittest.main()
