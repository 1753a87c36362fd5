"""tools/tidy against small trees: each rule finds what it bans and nothing else."""

import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import unittest

PATH = str(pathlib.Path(__file__).with_name("tidy"))
LOADER = importlib.machinery.SourceFileLoader("tidy", PATH)
SPEC = importlib.util.spec_from_loader("tidy", LOADER)
assert SPEC is not None
tidy = importlib.util.module_from_spec(SPEC)
sys.modules["tidy"] = tidy
LOADER.exec_module(tidy)

BASE = "Ids and results.\nMay include: std, fmt\n"


class TidyTest(unittest.TestCase):
    def setUp(self):
        self._directory = tempfile.TemporaryDirectory()
        self.addCleanup(self._directory.cleanup)
        self.root = pathlib.Path(self._directory.name)
        subprocess.run(["git", "init", "-q", str(self.root)], check=True)

    def tree(self, files):
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tidy.Tree(self.root)

    def found(self, check, files):
        return list(check(self.tree(files)))

    def test_readme(self):
        self.assertEqual(self.found(tidy.check_readme, {"src/base/a.h": "", "src/base/README.md": BASE}), [])
        self.assertEqual(self.found(tidy.check_readme, {"src/xml/a.h": ""}), ["src/xml: has no README.md"])
        self.assertEqual(self.found(tidy.check_readme, {"src/xml/README.md": "What.\nWhy.\n"}),
                         ["src/xml/README.md:2: the second line is 'May include: ...'"])

    def test_include(self):
        files = {
            "src/base/README.md": BASE,
            "src/base/a.h": '#include <vector>\n#include <fmt/format.h>\n#include "base/b.h"\n',
            "src/net/README.md": "Net.\nMay include: std, base, Boost.Beast, OpenSSL (libcrypto)\n",
            "src/net/a.cc": '#include <boost/asio/buffer.hpp>\n#include "base/a.h"\n#include <openssl/sha.h>\n',
            "src/net/a_test.cc": "#include <gtest/gtest.h>\n",
            "src/net/test_support.h": "#include <gtest/gtest.h>\n",
            "src/app/README.md": "App.\nMay include: all\n",
            "src/app/a.cc": '#include "net/a.h"\n#include <rocksdb/db.h>\n',
        }
        self.assertEqual(self.found(tidy.check_include, files), [])
        wrong = {
            "src/base/c.cc": '#include "net/a.h"\n#include <openssl/sha.h>\n#include <gtest/gtest.h>\n',
        }
        self.assertEqual([f.partition(" is")[0] for f in self.found(tidy.check_include, wrong)],
                         ["src/base/c.cc:1: net/a.h", "src/base/c.cc:2: openssl/sha.h",
                          "src/base/c.cc:3: gtest/gtest.h"])

    def test_a_folder_without_readme_shares_the_one_above(self):
        files = {
            "src/app/README.md": "App.\nMay include: std, base\n",
            "src/app/main/main.cc": '#include "app/a.h"\n#include "base/a.h"\n',
        }
        self.assertEqual(self.found(tidy.check_readme, files), [])
        self.assertEqual(self.found(tidy.check_include, files), [])
        self.assertEqual(len(self.found(tidy.check_include, {"src/app/main/b.cc": '#include "net/a.h"\n'})), 1)

    def test_include_of_a_backend_must_be_named(self):
        files = {
            "src/storage/README.md": "Store.\nMay include: std\n",
            "src/storage/rocksdb/README.md": "Backend.\nMay include: std, storage, RocksDB\n",
            "src/storage/rocksdb/a.cc": '#include "storage/store.h"\n#include <rocksdb/db.h>\n',
            "src/storage/a.cc": '#include "storage/rocksdb/a.h"\n',
        }
        self.assertEqual(len(self.found(tidy.check_include, files)), 1)

    def test_include_of_the_module_interface(self):
        files = {
            "src/server/README.md": "Server.\nMay include: std\n\nModule interface: `module.h`, `binder.h`\n",
            "src/modules/ping/README.md": "Ping.\nMay include: server's module interface; tests also: server\n",
            "src/modules/ping/ping.h": '#include "server/module.h"\n',
            "src/modules/ping/ping_test.cc": '#include "server/home.h"\n',
        }
        self.assertEqual(self.found(tidy.check_include, files), [])
        found = self.found(tidy.check_include, {"src/modules/ping/ping.cc": '#include "server/home.h"\n'})
        self.assertEqual(len(found), 1)

    def test_secrets_are_compared_in_constant_time(self):
        bad = "bool f() {\n  return a.stored_key == b.stored_key;\n  if (token.secret != given) {}\n  if (x == keys->server_key) {}\n}\n"
        good = "bool f() {\n  return equal_constant_time(a.stored_key, b.stored_key);\n  if (secret.size() == 3) {}\n}\n"
        files = {"src/xmpp/a.cc": bad, "src/xmpp/b.cc": good, "src/xmpp/a_test.cc": bad}
        self.assertEqual([f.partition(": ")[0] for f in self.found(tidy.check_banned, files)],
                         [f"src/xmpp/a.cc:{line}" for line in (2, 3, 4)])

    def test_banned(self):
        good = {
            "src/base/a.cc": "// a new thing; delete x\nFoo(const Foo&) = delete;\nauto s = \"new X\";\n"
                             "// tidy: new: the constructor is private\nauto x = new X;\nint new_count;\n"
                             "auto r = R\"(new X)\";\nauto n = 1'000;\nchar c = 'n';\n"
                             "return std::unique_ptr<X>(new X(1));\nstd::unique_ptr<Y> y{new Y};\n"
                             "#include <new>\nvoid* operator new(std::size_t);\nvoid operator delete(void*);\n",
            "src/base/b.cc": "std::this_thread::sleep_for(1s);\n",
        }
        self.assertEqual(self.found(tidy.check_banned, good), [])
        bad = {
            "src/base/c.cc": "auto* x = new X();\n",
            "src/base/d.cc": "  delete x;\n",
            "src/base/e.cc": "using namespace std;\n",
            "src/base/e_test.cc": "std::this_thread::sleep_for(1s);\n",
            "src/base/f.h": "// TODO: later\n",
            "tests/a/b.py": "time.sleep(1)\n",
        }
        self.assertEqual([f.partition(": ")[0] for f in self.found(tidy.check_banned, bad)],
                         [f"{name}:1" for name in sorted(bad)])

    def test_length(self):
        self.assertEqual(self.found(tidy.check_length, {"src/base/a.cc": "\n" * 700}), [])
        self.assertEqual(len(self.found(tidy.check_length, {"src/base/a.cc": "\n" * 701})), 1)

    def test_module(self):
        self.assertEqual(self.found(tidy.check_module, {"src/modules/a/a.cc": ""}),
                         ["src/modules/a: has no README.md", "src/modules/a: has no test",
                          "src/modules/a: has no scene in scenes/"])
        whole = {"src/modules/a/README.md": "", "src/modules/a/a_test.cc": "", "src/modules/a/scenes/a.scs": ""}
        self.assertEqual(self.found(tidy.check_module, whole), [])

    def test_ratchet(self):
        files = {"src/base/a.cc": "std::shared_ptr<X> a; // std::shared_ptr\n", "tools/tidy.ratchet": "shared_ptr 1\n"}
        self.assertEqual(self.found(tidy.check_ratchet, files), [])
        more = {"src/base/b.cc": "auto b = std::make_shared<X>();\n" + "\n" * 400}
        found = self.found(tidy.check_ratchet, more)
        self.assertEqual(found, ["tools/tidy.ratchet: shared_ptr is 2, and may be 1 at most",
                                 "tools/tidy.ratchet: files_over_400_lines is 1, and may be 0 at most"])

    def test_ratchet_only_goes_down(self):
        tree = self.tree({"src/base/a.cc": "int a;\n", "tools/tidy.ratchet": "shared_ptr 3\n"})
        tidy.write_ratchet(tree)
        self.assertEqual(tidy.read_ratchet(tree), {"files_over_400_lines": 0, "shared_ptr": 0})
        tidy.write_ratchet(self.tree({"src/base/a.cc": "std::shared_ptr<X> a;\n"}))
        self.assertEqual(tidy.read_ratchet(tree)["shared_ptr"], 0)


if __name__ == "__main__":
    unittest.main()
