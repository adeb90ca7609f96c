"""A page of a PDF as a picture."""

from pypdfium2 import PdfDocument

from harken.lib.png import png

# As wide as a page is read on a large screen.
WIDTH_PIXELS = 1400
MOST_PIXELS = 12_000_000


def page_as_png(content: bytes, number: int) -> bytes:
    """Draw the page of that number, from 1. Raises IndexError where there is none, and what pdfium raises."""
    with PdfDocument(content) as document:
        if not 1 <= number <= len(document):
            raise IndexError(number)
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(WIDTH_PIXELS / width, (MOST_PIXELS / (width * height)) ** 0.5)
        drawn = page.render(scale=scale, rev_byteorder=True)
        # Behind each row stands what fills it up to a multiple of four.
        pixels, wide = bytes(drawn.buffer), drawn.width * drawn.n_channels
        rows = [pixels[at : at + wide] for at in range(0, drawn.stride * drawn.height, drawn.stride)]
        return png(drawn.width, drawn.height, rows)
