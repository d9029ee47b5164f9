"""Cross-origin requests: any origin may ask, since no cookie tells who somebody is."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response


class Cors(CORSMiddleware):
    """Answers preflights with what is allowed, also those that ask for more: it is the browser that refuses."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """No text that a client would have to read as an error."""
        answer = super().preflight_response(request_headers)
        headers = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        return Response(status_code=200, headers=headers)
