#!/usr/bin/env python3
"""A service that takes part in Handfast's transactions: Python's standard library and an SQLite file.

SQLite cannot prepare a transaction, so the service keeps what it has promised in a table of its own:
a reservation is made, then promised, then done or dropped. Each step is one local commit, and each
can be repeated.

    python3 docs/examples/warehouse.py 9200 data/warehouse.db
"""
import json
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FILE = sys.argv[2]


def database():
    connection = sqlite3.connect(FILE, timeout=10, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def setup():
    with database() as db:
        db.execute("CREATE TABLE IF NOT EXISTS stock(item TEXT PRIMARY KEY, qty INT CHECK (qty >= 0))")
        db.execute("CREATE TABLE IF NOT EXISTS reservation(tx TEXT PRIMARY KEY, item TEXT, qty INT, state TEXT)")
        db.execute("INSERT OR IGNORE INTO stock VALUES ('tea', 100)")


def reserve(tx, order):
    """The work of the service: takes the goods from the shelf, and remembers for whom."""
    with database() as db:
        db.execute("BEGIN IMMEDIATE")
        if not db.execute("SELECT 1 FROM reservation WHERE tx = ?", (tx,)).fetchone():
            db.execute("UPDATE stock SET qty = qty - ? WHERE item = ?", (order["qty"], order["item"]))
            db.execute("INSERT INTO reservation VALUES (?, ?, ?, 'open')", (tx, order["item"], order["qty"]))
    return {}


def prepare(tx, _):
    with database() as db:
        promised = db.execute(
            "UPDATE reservation SET state = 'promised' WHERE tx = ? AND state IN ('open', 'promised')", (tx,))
    return {"vote": "commit" if promised.rowcount else "rollback"}


def commit(tx, _):
    with database() as db:
        db.execute("UPDATE reservation SET state = 'done' WHERE tx = ?", (tx,))
    return {}


def rollback(tx, _):
    with database() as db:
        db.execute("BEGIN IMMEDIATE")
        found = db.execute("SELECT item, qty FROM reservation WHERE tx = ? AND state != 'done'", (tx,)).fetchone()
        if found:
            db.execute("UPDATE stock SET qty = qty + ? WHERE item = ?", (found[1], found[0]))
            db.execute("DELETE FROM reservation WHERE tx = ?", (tx,))
    return {}


CALLS = {"/reserve": reserve, "/tx/prepare": prepare, "/tx/commit": commit, "/tx/rollback": rollback}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            answer = CALLS[self.path](self.headers["Handfast-Transaction"], json.loads(body or b"{}"))
            status = 200
        except KeyError:
            answer, status = {}, 404
        except sqlite3.IntegrityError as e:
            answer, status = {"error": str(e)}, 400
        except sqlite3.Error as e:
            answer, status = {"error": str(e)}, 503  # ask again
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


setup()
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
