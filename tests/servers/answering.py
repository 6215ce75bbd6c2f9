"""A server that answers every request in the same way, over TLS if it is given a certificate.

answering.py PORT LOG [CERTIFICATE KEY [VERSION]]: the heads of requests go to LOG. VERSION is the
only version of TLS that it speaks, such as TLSv1_2.
"""
import http.server
import json
import ssl
import sys

port, log, *tls = sys.argv[1:]
TEXT = "as you wish"
USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}


def chunk(choices, usage=None):
    return f"data: {json.dumps({'choices': choices, 'usage': usage})}\n\n"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with open(log, "a") as file:
            print(self.requestline, *(f"{k}: {v}" for k, v in self.headers.items()), sep="\n", file=file)
        message = {"role": "assistant", "content": TEXT}
        if body.get("stream"):
            kind = "text/event-stream"
            answer = chunk([{"index": 0, "delta": message, "finish_reason": None}])
            answer += chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}])
            answer += chunk([], USAGE) + "data: [DONE]\n\n"
        else:
            kind = "application/json"
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            answer = json.dumps({"choices": [choice], "usage": USAGE})
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that does not trust us, or a port that is only tried


server = Server(("127.0.0.1", int(port)), Handler)
if tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls[0], tls[1])
    if len(tls) > 2:
        version = getattr(ssl.TLSVersion, tls[2])
        context.minimum_version = context.maximum_version = version
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
