"""What goes out compressed, and what does not."""

import gzip

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from harken.ui.compression import CompressedPages

PAGE = "<p>Where is my bread?</p>" * 100


def answered_with(response: HttpResponseBase, **headers: str) -> HttpResponseBase:
    asked = RequestFactory().get("/", headers=headers)
    return CompressedPages(lambda _request: response).process_response(asked, response)


def test_a_page_is_compressed_for_whoever_can_read_that():
    packed = answered_with(HttpResponse(PAGE), accept_encoding="gzip")
    plain = answered_with(HttpResponse(PAGE))

    assert isinstance(packed, HttpResponse)
    assert isinstance(plain, HttpResponse)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 4
    assert gzip.decompress(packed.content) == plain.content == PAGE.encode()
    assert plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "response",
    [
        StreamingHttpResponse([b"data: news\n\n"] * 100, content_type="text/event-stream"),
        StreamingHttpResponse([PAGE.encode()]),
        JsonResponse({"text": PAGE}),
        HttpResponse(PAGE, content_type="application/octet-stream"),
    ],
    ids=["live", "a stream of HTML", "json", "a file"],
)
def test_streams_files_and_answers_of_the_api_stay_as_they_are(response: HttpResponseBase):
    assert "Content-Encoding" not in answered_with(response, accept_encoding="gzip").headers
