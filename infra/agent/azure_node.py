"""What a node asks Azure for: tokens of its own identity, and what lies behind them. Standard library only."""

import json
import os
import time
import urllib.error
import urllib.request

IMDS = os.environ.get("TRAINYARD_IMDS", "http://169.254.169.254")

# The metadata service must never be reached through a proxy, and nothing else of a node needs one.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def required(name):
    """A setting of /etc/trainyard/node.env."""
    value = os.environ.get(name, "")
    if not value:
        raise SystemExit(f"{name} is not set; it comes from /etc/trainyard/node.env.")
    return value


def open_url(url, headers=None, body=None, timeout=30):
    """The answer as a stream. Raises urllib.error.URLError, also for a status of 400 or above."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers or {})
    if data is not None:
        request.add_header("Content-Type", "application/json")
    return _opener.open(request, timeout=timeout)


def metadata(path, body=None):
    """An answer of the instance metadata service, as text."""
    with open_url(f"{IMDS}/metadata/{path}", {"Metadata": "true"}, body, timeout=10) as answer:
        return answer.read().decode()


def token(resource):
    """A token of the node's identity for one kind of resource."""
    identity = required("TRAINYARD_IDENTITY")
    query = f"identity/oauth2/token?api-version=2018-02-01&resource={resource}&client_id={identity}"
    return json.loads(metadata(query))["access_token"]


def patiently(action, seconds=600, pause=5):
    """Tries again while a new machine's network, identity and roles come into force."""
    until = time.monotonic() + seconds
    while True:
        try:
            return action()
        except (OSError, ValueError, KeyError) as error:
            if time.monotonic() + pause > until:
                raise SystemExit(f"Gave up after {seconds} s: {error}") from error
            print(f"Not yet: {error}", flush=True)
            time.sleep(pause)
