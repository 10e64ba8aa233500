"""Plays the acceptance server with python-socketio; any surprise ends it with a traceback.

usage: client.py URL default|msgpack websocket|polling|upgrade
"""
import sys
import threading

import engineio
import socketio

# This library refuses more than 16 packets in one poll unless told otherwise.
engineio.payload.Payload.max_decode_packets = 10_000

url, parser, transport = sys.argv[1:]
transports = {"websocket": ["websocket"], "polling": ["polling"], "upgrade": ["polling", "websocket"]}[transport]
client = socketio.Client(serializer=parser, reconnection=False)
seen = {}
arrived = threading.Condition()


def remember(event):
    def handler(*args):
        with arrived:
            seen.setdefault(event, []).append(args)
            arrived.notify_all()
        return "answer", 7  # the acknowledgement, where the server asks for one
    return handler


def wait(event, count=1):
    with arrived:
        assert arrived.wait_for(lambda: len(seen.get(event, [])) >= count, 10), (event, seen.get(event))
        return seen[event]


for name in ("auth", "message-back", "ask", "burst-item", "state"):
    client.on(name, remember(name))

client.connect(url, transports=transports, auth={"who": "python"}, wait_timeout=10)
assert wait("auth")[0] == ({"who": "python"},), seen

# Values there and back, binary among them, nested too.
values = ("text é", 1, -1.5, True, None, [1, [2]], {"bin": b"\x00\x01\xff", "list": [b"x"]}, b"\x80" * 300)
client.emit("message", values)
assert wait("message-back")[0] == values, seen["message-back"]
assert tuple(client.call("message-with-ack", values, timeout=10)) == values

# The server asks, the client acknowledges.
got = client.call("emit", {"event": "ask", "args": ["?"], "opts": {"ack": True, "timeout": 5000}}, timeout=10)
assert got["err"] is None and got["args"] == ["answer", 7], got

# A burst (handlers run on a thread each in this library, so their order says nothing), rooms, a broadcast.
client.call("burst", (500, 20), timeout=10)
assert sorted(args[0] for args in wait("burst-item", 500)) == list(range(500))
assert "room" in client.call("join", "room", timeout=10)
client.call("op", {"base": "io", "to": "room", "do": "emit", "event": "state", "args": [b"\x01", 2]}, timeout=10)
assert wait("state")[0] == (b"\x01", 2)

info = client.call("info", timeout=10)
assert info["transport"] == ("websocket" if transport != "polling" else "polling"), info["transport"]
client.disconnect()

# A refused namespace tells why.
refused = socketio.Client(serializer=parser, reconnection=False)
reasons = []
refused.on("connect_error", lambda data: reasons.append(data), namespace="/auth")
try:
    refused.connect(url, transports=transports, namespaces=["/auth"], wait_timeout=10)
    raise AssertionError("connected without a token")
except socketio.exceptions.ConnectionError:
    pass
assert reasons and reasons[0]["message"] == "missing token", reasons
refused.disconnect()
print("ok")
