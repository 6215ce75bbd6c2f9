"""A loopback server that speaks the API as far as an attack needs it, and keeps the bill.

What it bills is what a real one would: every request that was read to its end, unless the answer
says that nothing was done. Prices are those of the default model, in picodollars a token.
"""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INPUT, OUTPUT = 2_000_000, 12_000_000
UNBILLED = (400, 429, 500, 503)


class Server:
    """`behave(request)` says what becomes of a request: None for an answer, or a fault."""

    def __init__(self, prompt_tokens, behave=lambda request: None):
        self.prompt_tokens = prompt_tokens
        self.behave = behave
        self.seen = []
        self.billed = {}
        self.changed = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer in one piece: else its second part waits 40 ms.
            wbufsize = -1

            def do_POST(self):
                outer.take(self)

            def log_message(self, *_):
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                """A client that left is what the attack is about."""

        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.listener.server_address[1]}/v1"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def take(self, handler):
        length = int(handler.headers["content-length"])
        body = handler.rfile.read(length)
        if len(body) < length:
            return
        request = json.loads(body)
        cap = request["max_completion_tokens"]
        with self.changed:
            self.seen.append(request)
            self.changed.notify_all()
        fault = self.behave(request)
        if fault not in UNBILLED:
            cost = self.prompt_tokens * INPUT + cap * OUTPUT
            with self.changed:
                name = request.get("user", "")
                self.billed[name] = self.billed.get(name, 0) + cost
        self.answer(handler, request, fault, cap)

    def answer(self, handler, request, fault, cap):
        if fault == "hang up":
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
        elif isinstance(fault, int):
            body = b'{"error":{"message":"a fault on purpose"}}'
            self.send(handler, fault, "application/json", body)
        elif request.get("stream"):
            self.stream(handler, fault, cap)
        else:
            body = json.dumps(self.completion(cap)).encode()
            self.send(handler, 200, "application/json", body[:-20] if fault == "break" else body, len(body))

    def completion(self, cap):
        message = {"role": "assistant", "content": "hi"}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": self.prompt_tokens, "completion_tokens": cap}
        return {"model": "m", "choices": [choice], "usage": usage}

    def stream(self, handler, fault, cap):
        delta = {"choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": None}]}
        end = self.completion(cap)
        end["choices"] = [{"index": 0, "delta": {}, "finish_reason": "stop"}]
        events = [json.dumps(delta)] if fault == "break" else [json.dumps(delta), json.dumps(end), "[DONE]"]
        body = "".join(f"data: {event}\n\n" for event in events).encode()
        length = len(body) + (100 if fault == "break" else 0)
        self.send(handler, 200, "text/event-stream", body, length)

    @staticmethod
    def send(handler, status, kind, body, length=None):
        handler.send_response(status)
        handler.send_header("content-type", kind)
        handler.send_header("content-length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)
        handler.wfile.flush()
        if length is not None and length != len(body):
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)

    def total(self):
        with self.changed:
            return sum(self.billed.values())

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()
