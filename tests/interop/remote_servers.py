"""Servers on loopback that tests fetch files from: a store that speaks S3 (moto) behind a door which looks
at every signature as botocore makes it, and a web server that is told what to answer."""

import http.server
import logging
import re
import threading
import urllib.parse

import boto3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.s3.models import s3_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

KEY_ID = "RIDESKEY"
SECRET = "secret/of+the+store"
TOKEN = "token/of+lent+keys=="
REGION = "eu-test-1"


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


def refusal(code, message, extra=""):
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message>{extra}</Error>".encode()


class Store:
    """Buckets named `public...` need no key; the others need a signature by KEY_ID, with TOKEN where it was
    lent. `asked` holds what was asked for: method, path with query as sent, whether it was signed."""

    def __init__(self):
        self.asked = []
        self.is_lent = False
        self._is_open = False
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._client = boto3.client("s3", endpoint_url=self.url, aws_access_key_id=KEY_ID,
                                    aws_secret_access_key=SECRET, region_name="us-east-1")
        s3_backends.reset()  # they are the process's, not a server's

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def make(self, bucket):
        self._do(self._client.create_bucket, Bucket=bucket)

    def put(self, bucket, key, data, **more):
        access = "public-read" if bucket.startswith("public") else "private"
        self._do(self._client.put_object, Bucket=bucket, Key=key, Body=data, ACL=access, **more)

    def _do(self, call, **arguments):
        self._is_open = True
        try:
            call(**arguments)
        finally:
            self._is_open = False
            self.asked.clear()

    def _answer(self, environ, start):
        if not self._is_open:
            target = environ["RAW_URI"]
            authorization = environ.get("HTTP_AUTHORIZATION", "")
            host = environ["HTTP_HOST"]
            before_host = host.split(".localhost:")[0] if ".localhost:" in host else ""
            bucket = before_host or target.split("?")[0].split("/")[1]
            self.asked.append((environ["REQUEST_METHOD"], target, bool(authorization)))
            answer = self._refused(environ, target, authorization, bucket)
            if answer is not None:
                start("403 Forbidden", [("Content-Type", "application/xml")])
                return [answer]
            if before_host:
                for name in ("PATH_INFO", "RAW_URI", "REQUEST_URI"):
                    environ[name] = f"/{before_host}{environ[name]}"
                environ["HTTP_HOST"] = f"127.0.0.1:{self.port}"
        return self._moto(environ, start)

    def _refused(self, environ, target, authorization, bucket):
        if not authorization:
            return None if bucket.startswith("public") else refusal("AccessDenied", "Access Denied")
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/s3/aws4_request, "
                             r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})", authorization)
        if not found or found[1] != KEY_ID:
            return refusal("InvalidAccessKeyId", "The key does not exist")
        if found[2] != REGION:
            return refusal("AuthorizationHeaderMalformed", "the region is wrong", f"<Region>{REGION}</Region>")
        path, _, query = target.partition("?")
        assert path == urllib.parse.quote(urllib.parse.unquote(path), safe="/-_.~"), path
        for part in query.split("&") if query else []:
            name, _, value = part.partition("=")
            assert part == "=".join(urllib.parse.quote(urllib.parse.unquote(text), safe="-_.~")
                                    for text in (name, value)), part
        signed = {name: environ["HTTP_" + name.upper().replace("-", "_")] for name in found[3].split(";")}
        if signed.get("x-amz-security-token", "") != (TOKEN if self.is_lent else ""):
            return refusal("InvalidToken", "The token is wrong")
        request = AWSRequest("GET", f"http://{environ['HTTP_HOST']}{target}", headers=signed)
        request.context["timestamp"] = signed["x-amz-date"]
        auth = S3SigV4Auth(Credentials(KEY_ID, SECRET), "s3", REGION)
        text = auth.string_to_sign(request, auth.canonical_request(request))
        if auth.signature(text, request) == found[4]:
            return None
        return refusal("SignatureDoesNotMatch", "The signature is another")


class Web:
    """`pages` has an answer for each path, a function of the request's handler that returns status, headers and
    body; a `length` header that is longer than the body is a connection that breaks off. `asked` holds paths
    with their headers."""

    def __init__(self):
        self.pages = {}
        self.asked = []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                web.asked.append((self.path, dict(self.headers)))
                path = self.path.split("?")[0]
                status, headers, body = web.pages[path](self) if path in web.pages else (404, {}, b"not here\n")
                self.send_response(status)
                length = headers.pop("length", len(body))
                for name, value in {**headers, "Content-Length": str(length)}.items():
                    self.send_header(name, value)
                self.end_headers()
                if status != 304:
                    self.wfile.write(body)
                if length != len(body):
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def file(self, path, body, etag=None, **headers):
        """A file that is there; with an ETag, not sent again to whom has it."""
        def answer(request):
            tag = {"ETag": etag} if etag else {}
            if etag and request.headers.get("If-None-Match") == etag:
                return 304, tag, b""
            return 200, {**tag, **{name.replace("_", "-"): value for name, value in headers.items()}}, body
        self.pages[path] = answer
