"""A whole OpenStack Swift in one process on the loopback interface: account, container and object server and a proxy
with s3api, one replica, everything below one folder.

usage: swift_node.py FOLDER [KEYSTONE PASSWORD]

With the address of a Keystone, and its admin's password, users and projects are Keystone's; otherwise they are its own.

Prints one JSON line when it answers: {"port": …, "users": [{"account", "user", "key"}, …]}; the first user may do
everything in its account, the second is in the same account without any rights, the third owns another account.
Ends when its standard input ends, so that it never outlives whoever started it, even one that was killed.
"""

import json
import logging
import os
import secrets
import sys
import threading
import time
from pathlib import Path

HOST = "127.0.0.1"
DEVICE = "disk"
USERS = [
    {"account": "yard", "user": "owner", "key": secrets.token_hex(16), "roles": ".admin"},
    {"account": "yard", "user": "stranger", "key": secrets.token_hex(16), "roles": ""},
    {"account": "elsewhere", "user": "owner", "key": secrets.token_hex(16), "roles": ".admin"},
]

STORAGE = """
[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
log_level = WARNING
log_address = {folder}/no-syslog
log_custom_handlers = swift_node.log_to_file
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""

# The order of Debian's and Swift's own sample, with s3api before the authentication it hands its signatures to.
PROXY = """
[DEFAULT]
swift_dir = {folder}
log_level = WARNING
log_address = {folder}/no-syslog
log_custom_handlers = swift_node.log_to_file
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk tempurl {authentication} copy container-quotas account-quotas slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:cache]
paste.filter_factory = swift_node:cache_filter
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
max_upload_part_num = 10000
[filter:slo]
use = egg:swift#slo
max_manifest_segments = 10000
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
[filter:tempauth]
use = egg:swift#tempauth
{users}
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
www_authenticate_uri = {keystone}
auth_url = {keystone}
auth_type = password
username = admin
password = {password}
project_name = admin
user_domain_id = default
project_domain_id = default
delay_auth_decision = true
interface = public
[filter:keystoneauth]
use = egg:swift#keystoneauth
operator_roles = admin
{plain}
"""


class Cache:
    """What tempauth and the proxy ask of memcached, for the one process that there is."""

    def __init__(self):
        self.values = {}

    def get(self, key, raise_on_error=False):
        value, expires = self.values.get(key, (None, 0))
        return value if not expires or expires > time.time() else None

    def set(self, key, value, serialize=True, time=0, min_compress_len=0, raise_on_error=False):
        self.values[key] = (value, _expiry(time))

    def incr(self, key, delta=1, time=0):
        value = max(0, (self.get(key) or 0) + delta)
        self.set(key, value, time=time)
        return value

    def decr(self, key, delta=1, time=0):
        return self.incr(key, -delta, time)

    def delete(self, key, server_key=None):
        self.values.pop(key, None)


def _expiry(seconds):
    # memcached's rule: up to 30 days a duration, above a moment.
    return 0 if not seconds else seconds if seconds > 30 * 86400 else time.time() + seconds


def cache_filter(global_conf, **local_conf):
    cache = Cache()

    def wrap(app):
        def call(environ, start_response):
            environ["swift.cache"] = cache
            return app(environ, start_response)

        return call

    return wrap


def log_to_file(conf, name, log_to_console, log_route, fmt, logger, adapted_logger):
    folder = conf.get("swift_dir")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    handler = logging.FileHandler(Path(folder) / "swift.log", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)


def write_rings(folder, ports):
    from swift.common.ring import RingBuilder

    for kind in ("account", "container", "object"):
        builder = RingBuilder(part_power=1, replicas=1, min_part_hours=0)
        builder.add_dev(
            {"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": HOST, "port": ports[kind], "device": DEVICE, "meta": ""}
        )
        builder.rebalance()
        builder.get_ring().save(str(folder / f"{kind}.ring.gz"))


def write_settings(folder, keystone, password):
    (folder / "devices" / DEVICE).mkdir(parents=True, exist_ok=True)
    (folder / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = trainyard\n[storage-policy:0]\nname = only\ndefault = yes\n"
    )
    for kind in ("account", "container", "object"):
        (folder / f"{kind}.conf").write_text(STORAGE.format(folder=folder, kind=kind))
    users = "\n".join(f"user_{u['account']}_{u['user']} = {u['key']} {u['roles']}" for u in USERS)
    named = ("catch_errors", "gatekeeper", "healthcheck", "listing_formats", "bulk", "tempurl", "copy", "dlo", "symlink")
    quotas = ("container-quotas", "account-quotas")
    plain = "\n".join(f"[filter:{name}]\nuse = egg:swift#{name.replace('-', '_')}" for name in named + quotas)
    authentication = "authtoken keystoneauth" if keystone else "s3api tempauth"
    (folder / "proxy.conf").write_text(
        PROXY.format(
            folder=folder, users=users, plain=plain, authentication=authentication, keystone=keystone, password=password
        )
    )


def end_with_standard_input(thread):
    def wait():
        sys.stdin.buffer.read()
        os._exit(0)

    thread(target=wait, daemon=True).start()


def main():
    folder = Path(sys.argv[1]).resolve()
    # Taken before eventlet replaces it: a green thread cannot block on a pipe without stopping all the others.
    end_with_standard_input(threading.Thread)
    write_settings(folder, *(sys.argv[2:4] if len(sys.argv) > 2 else ("", "")))

    import eventlet.wsgi
    from swift.common import utils

    utils.SWIFT_CONF_FILE = str(folder / "swift.conf")
    from swift.common import http_protocol, wsgi

    utils.validate_configuration()
    utils.eventlet_monkey_patch()

    sockets = {kind: eventlet.listen((HOST, 0), backlog=512) for kind in ("account", "container", "object", "proxy")}
    ports = {kind: sock.getsockname()[1] for kind, sock in sockets.items()}
    write_rings(folder, ports)

    # Not wsgi.run_server: it makes a hub of its own, and four of them cannot share one process.
    pool = eventlet.GreenPool()
    for kind, sock in sockets.items():
        app = wsgi.loadapp(str(folder / f"{kind}.conf"), global_conf={"log_name": kind})
        pool.spawn(
            eventlet.wsgi.server, sock, app, log_output=False, protocol=http_protocol.SwiftHttpProtocol, socket_timeout=60,
            # Clients of S3 look for "ETag", spelt so.
            capitalize_response_headers=False,
        )  # fmt: skip
    users = [{key: user[key] for key in ("account", "user", "key")} for user in USERS]
    print(json.dumps({"port": ports["proxy"], "users": users}), flush=True)
    pool.waitall()


if __name__ == "__main__":
    # The settings name this file as a module; it must be found and be the one that runs.
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    sys.modules["swift_node"] = sys.modules["__main__"]
    main()
