"""What becomes of texts in any encoding and of any length."""

import pytest

from chathakase.files.extraction import EMPTY, NO_FILE, UNKNOWN, read
from chathakase.files.text import TAIL, TEXT_MOST, text_of
from chathakase.files.text_encodings import encoding_of
from tests.files.sample_files import LOGIN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Name,Preis\nMüller,12 €\n", "utf-8"),
        ("Name,Preis\nMüller,12 €\n", "utf-8-sig"),
        ("Name,Preis\nMüller,12 €\n", "utf-16"),
        ("Größe;Preis\nMüller;12,50 €\nStraße nach Köln\n", "cp1252"),
        ("日付,金額,備考\n2026-11-21,1200,東京までの交通費\n", "utf-8"),
        ("日付,金額,備考\n2026-11-21,1200,東京までの交通費\n", "cp932"),
        ("日付,金額,備考\n2026-11-21,1200,東京までの交通費\n", "euc_jp"),
        ("日期,金额,备注\n上海的出租车费用\n", "gb18030"),
        ("Привет, как дела? Сегодня мы едем в Москву.\n", "cp1251"),
        ("🎉 emoji 👩‍👩‍👧 joined\n", "utf-8"),
        ("🎉 emoji\n", "utf-32"),
    ],
)
async def test_a_text_is_read_in_whatever_it_is_encoded(text: str, encoding: str) -> None:
    assert (await read("a.csv", "text/csv", text.encode(encoding))).text == text.strip()


JAPANESE = "日付,金額,備考\n2026-11-21,1200,東京までの交通費\n"
LATE = "".join(f"{number},plain item number {number}\n" for number in range(5_000))
"""More than a hundred kilobytes of ASCII."""


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("9999,Müller Straße größer\n", "cp1252"),
        ("9999,é", "cp1252"),
        ("9999,café déjà vu, naïve\n", "cp1252"),
        ("9999,Jürgen Groß,Äußere Gasse 5,Größenweg\n", "cp850"),
        ("9999,Jürgen Groß,Äußere Gasse 5,Größenweg\n", "mac_roman"),
        ("9999,Příliš žluťoučký kůň\n", "cp1250"),
        ("9999,Łódź, Kraków, Gdańsk\n", "cp1250"),
        ("9999,Привет, как дела\n", "cp1251"),
        ("9999,Привет, как дела\n", "koi8_r"),
        ("9999,Αθήνα,Ελλάδα\n", "cp1253"),
        ("9999,שלום,ירושלים\n", "cp1255"),
        ("9999,สวัสดี,กรุงเทพ\n", "cp874"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        ("9999,项目名称,北京\n", "gb18030"),
        ("9999,專案名稱,臺北\n", "big5"),
        ("9999,프로젝트 이름,서울\n", "euc_kr"),
        ("9999,日本語,東京\n", "utf-8"),
        ("9999,日本語,東京\n", "utf-16-le"),
        ("9999,Größe\n", "utf-16-be"),
        ("9999,Größe\n", "utf-32-le"),
    ],
)
@pytest.mark.parametrize("before", ["", LATE], ids=["alone", "late"])
def test_the_whole_of_a_text_tells_its_encoding(before: str, text: str, encoding: str) -> None:
    read_as = text_of((before + text).encode(encoding))
    assert read_as is not None
    assert read_as.endswith(text.strip())


def test_an_encoding_is_told_by_what_stands_in_the_middle_of_a_long_line() -> None:
    data = b"x" * 1_000_000 + "Müller Straße größer".encode("cp1252") + b"y" * 10_000
    text = text_of(data)
    assert text is not None
    assert "�" not in text
    assert encoding_of(data) == "cp1252"


async def test_one_flaw_does_not_change_what_the_rest_means() -> None:
    data = "東京 log line\n".encode() * 20 + b"\xff\n" + "大阪\n".encode()
    text = text_of(data)
    assert text is not None
    assert text.startswith("東京")
    assert text.endswith("大阪")


async def test_what_steers_terminals_is_taken_out() -> None:
    said = await read(
        "a.log", "text/plain", b"\x1b[1;31mERROR\x1b[0m\tfailed\r\nagain\r\x07\x1b]0;title\x07done\xc2\x9b"
    )
    assert said.text == "ERROR\tfailed\nagain\ndone"


@pytest.mark.parametrize("name", ["a.py", "a.md", "a.json", "a.xml", "a.yaml", "a.svg", "Makefile", "a.unheard-of"])
async def test_names_and_types_of_texts_do_not_matter(name: str) -> None:
    assert (await read(name, "application/octet-stream", b"<svg>\n  key: value\n</svg>\n")).text


async def test_a_long_text_keeps_its_beginning_and_its_end_in_whole_lines() -> None:
    rows = [f"{number},row" for number in range(200_000)]
    text = (await read("a.csv", "text/csv", "\n".join(rows).encode())).text
    head, mark, tail = text.partition("\n[… ")
    _, _, tail = tail.partition("…]\n")
    kept_head, kept_tail = head.split("\n"), tail.split("\n")
    assert mark
    assert kept_head == rows[: len(kept_head)]
    assert kept_tail == rows[-len(kept_tail) :]
    assert TAIL - 20 < len(tail) <= TAIL
    assert TEXT_MOST - 200 < len(text) < TEXT_MOST + 100


async def test_a_long_line_is_cut_anywhere() -> None:
    text = (await read("a.json", "", "é".encode() * 300_000)).text
    assert text.count("é") == TEXT_MOST
    assert "[… 200,000 characters are left out here …]" in text


@pytest.mark.parametrize("data", [b"", b"\n \r\n", bytes(100), b"\xef\xbb\xbf", b"\x1b[0m"])
async def test_nothing_is_told_as_nothing(data: bytes) -> None:
    assert await read("a.txt", "text/plain", data) == EMPTY


async def test_what_is_no_text_is_told() -> None:
    data = bytes(range(256)) * 4
    assert await read("a.dat", "", data) == UNKNOWN
    assert (await read("a.mov", "video/quicktime", data)).refusal == "it is a video"
    assert (await read("a.xlsx", "", data)).refusal == "it is an Excel workbook that is damaged"


@pytest.mark.parametrize(("name", "media"), [("a.png", "image/png"), ("a.pdf", ""), ("a.docx", ""), ("a", "video/mp4")])
async def test_a_web_page_in_the_place_of_something_else_is_not_read(name: str, media: str) -> None:
    assert await read(name, media, LOGIN) == NO_FILE
    assert await read(name, media, b"\xef\xbb\xbf\n<!-- a word -->\n<html><body>Sign in</body></html>") == NO_FILE


async def test_a_web_page_that_was_shared_is_read() -> None:
    assert (await read("a.html", "text/html", LOGIN)).text == LOGIN.decode()


async def test_a_thousand_comments_are_no_riddle() -> None:
    text = "<!---->" * 1_000 + "<p>"
    assert (await read("a.pdf", "", text.encode())).text == text
