"""What is read of canvases, and of other pages that Slack keeps."""

import pytest

from chathakase.files.canvas import EMPTY
from chathakase.files.extraction import PAGE, Extractor, read
from chathakase.files.text import TEXT_MOST

pytestmark = pytest.mark.usefixtures("outside")

CANVAS = """<h1 id='temp:C:BVF3da2c'>Launch &amp; plan</h1>
<p id='a' class='line'>Costs are <b>120</b>\n a month, see <a href="https://a.example/x">the sheet</a>.<br/>Really.</p>
<div data-section-style='5' class="" style=""><ul id='l'><li id='i' value='1'><span id='i'>one</span>
<ul><li>nested</li></ul></li><li>two</li></ul></div>
<div data-section-style='6'><ol><li>first</li><li>second</li></ol></div>
<div data-section-style='7'><ul><li class='checked'>done</li><li class=''>open</li></ul></div>
<pre>a = 1\n  b</pre><blockquote>said</blockquote>
<table><tr><td>May</td><td>120</td></tr><tr><td>June</td><td></td></tr></table>
<style>p {color: red}</style><script>alert(1)</script><p><img alt=":tada:" src="x"></p>"""

MARKDOWN = """# Launch & plan

Costs are 120 a month, see [the sheet](https://a.example/x).
Really.

- one
  - nested
- two
1. first
2. second
- [x] done
- [ ] open
```
a = 1
  b
```
> said
| May | 120 |
| June |  |

:tada:"""


def shape(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


async def test_a_canvas_is_read_as_it_is_laid_out() -> None:
    said = await Extractor().read("plan", PAGE, CANVAS.encode())
    assert shape(said.text) == shape(MARKDOWN)


@pytest.mark.parametrize(
    ("media", "data", "text"),
    [
        (PAGE, "<!DOCTYPE html><html><head><title>x</title></head><body><p>héllo", "héllo"),
        (PAGE, '{"blocks": 1}', '{"blocks": 1}'),
        ("", "<p>of which nothing was told</p>", "of which nothing was told"),
        (PAGE, "<p>" * 3_000 + "deep", "deep"),
        (PAGE, "</li></ul></pre></a><li>odd<td>cell", "- odd| cell"),
    ],
)
async def test_pages_of_every_shape_are_read(media: str, data: str, text: str) -> None:
    assert (await read("plan", media, data.encode())).text == text


async def test_a_page_that_people_share_as_a_file_is_read_as_it_is() -> None:
    assert (await read("a.html", "text/html", b"<p>hi</p>")).text == "<p>hi</p>"


async def test_a_page_without_words_is_empty() -> None:
    assert (await read("plan", PAGE, b"<p> </p><script>x</script>")).refusal == EMPTY


@pytest.mark.long
async def test_a_long_page_is_cut() -> None:
    assert len((await read("plan", PAGE, b"<p>word</p>" * 25_000)).text) == TEXT_MOST
