"""Daraja's error answers."""

from starlette.responses import JSONResponse


class RefusalError(Exception):
    """A call that is answered with an error; the documentation gives status and code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.status = status
        self.code = code
        self.message = message

    def answer(self, request_id: str) -> JSONResponse:
        """The error envelope."""
        body = {"requestId": request_id, "errorCode": self.code, "errorMessage": self.message}
        return JSONResponse(body, status_code=self.status)


def invalid(name: str) -> RefusalError:
    """A field is missing or wrong."""
    return RefusalError(400, "400.002.02", f"Bad Request - Invalid {name}")


def invalid_token() -> RefusalError:
    """With 404, indeed."""
    return RefusalError(404, "404.001.03", "Invalid Access Token")
