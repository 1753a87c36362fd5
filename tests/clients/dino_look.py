#!/usr/bin/python3
"""One query of Dino's own database, read only; rows as JSON. dino_look.py FILE QUERY VALUE..."""

import json
import sqlite3
import sys

with sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=5) as database:
    print(json.dumps(database.execute(sys.argv[2], sys.argv[3:]).fetchall()))
