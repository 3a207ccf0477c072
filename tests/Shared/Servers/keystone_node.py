"""An OpenStack Keystone in one process on the loopback interface, with everything below one folder.

usage: keystone_node.py FOLDER

Prints one JSON line when it answers: {"port": …, "password": …} of the user admin in the project admin of the domain
Default. Ends when its standard input ends, so that it never outlives whoever started it.
"""

import base64
import json
import os
import secrets
import socketserver
import sqlite3
import subprocess
import sys
import threading
import wsgiref.simple_server
from pathlib import Path

HOST = "127.0.0.1"

SETTINGS = """
[DEFAULT]
use_stderr = false
log_file = {folder}/keystone.log
[database]
connection = sqlite:///{folder}/keystone.db
[identity]
# Each login is hashed; these users live for one test run.
password_hash_rounds = 4
[token]
provider = fernet
[fernet_tokens]
key_repository = {folder}/fernet
[fernet_receipts]
key_repository = {folder}/fernet
[credential]
key_repository = {folder}/credential
[cache]
enabled = false
"""


class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Answer(wsgiref.simple_server.ServerHandler):
    # This server closes each connection after its answer. A client that isn't told so keeps the connection, and its next
    # request is lost if it is sent before the end is seen.
    def send_preamble(self):
        super().send_preamble()
        self._write(b"Connection: close\r\n")


class Handler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


def end_with_standard_input():
    def wait():
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def manage(settings, *arguments):
    subprocess.run(
        [sys.executable, "-B", "/usr/bin/keystone-manage", "--config-file", str(settings), *arguments],
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def main():
    folder = Path(sys.argv[1]).resolve()
    end_with_standard_input()
    settings = folder / "keystone.conf"
    settings.write_text(SETTINGS.format(folder=folder))
    for name in ("fernet", "credential"):
        (folder / name).mkdir(mode=0o700)
        for number in range(2):
            (folder / name / str(number)).write_bytes(base64.urlsafe_b64encode(secrets.token_bytes(32)))
    with sqlite3.connect(folder / "keystone.db") as database:
        # Readers then never wait for a writer.
        database.execute("PRAGMA journal_mode=WAL")
    password = secrets.token_hex(16)
    server = Server((HOST, 0), Handler)
    port = server.server_address[1]
    manage(settings, "db_sync")
    manage(settings, "bootstrap", "--bootstrap-password", password, "--bootstrap-public-url", f"http://{HOST}:{port}/v3")

    from keystone.server import wsgi

    # The handler of requests finds it by this name.
    wsgiref.simple_server.ServerHandler = Answer
    sys.argv[1:] = []
    os.environ["OS_KEYSTONE_CONFIG_DIR"] = str(folder)
    server.set_app(wsgi.initialize_public_application())
    print(json.dumps({"port": port, "password": password}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
