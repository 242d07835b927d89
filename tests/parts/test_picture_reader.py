"""The process that reads pictures: what it reads, what it refuses to open, and that it never holds anybody up."""

from __future__ import annotations

import sys
import time
from io import BytesIO

import pytest
from PIL import Image

from app.review.pictures.reader import NotRead, PictureReader
from tests.pictures import bomb, picture

PIXELS = 1_000_000


@pytest.fixture(scope="module")
def reader():
    made = PictureReader()
    yield made
    made.close()


def read(reader, body, most_pixels=PIXELS, within=60):
    return reader.read(body, most_pixels=most_pixels, give_up=time.monotonic() + within)


def frames():
    with BytesIO() as kept:
        pages = [Image.new("RGB", (40, 40), each) for each in ("red", "blue")]
        pages[0].save(kept, "GIF", save_all=True, append_images=pages[1:])
        return kept.getvalue()


def test_letters_are_read_also_sideways_by_exif_and_in_white_on_nothing(reader):
    straight = picture("全网最低价", "药到病除", kind="JPEG", quality=90)
    with BytesIO() as kept, Image.open(BytesIO(straight)) as image:
        exif = Image.Exif()
        exif[0x0112] = 6  # the camera was turned
        image.rotate(90, expand=True).save(kept, "JPEG", exif=exif)
        turned = kept.getvalue()
    unseen = picture("加我微信", ground=(255, 255, 255, 0), ink=(255, 255, 255, 255))

    lines = read(reader, straight)

    assert [text for text, _ in lines] == ["全网最低价", "药到病除"]
    assert all(9_000 < score_bp <= 10_000 for _, score_bp in lines)
    assert [text for text, _ in read(reader, turned)] == ["全网最低价", "药到病除"]
    assert [text for text, _ in read(reader, unseen)] == ["加我微信"]
    assert read(reader, picture(size=(1000, 1000))) == []  # exactly the most pixels


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no_image"),
        (b"<svg/>", "no_image"),
        (picture("最")[:300], "no_image"),
        (bomb(), "too_large"),
        (picture(size=(1001, 1000)), "too_large"),
        (frames(), "animated"),
    ],
)
def test_what_is_no_picture_or_too_much_of_one_is_not_opened(reader, body, why):
    with pytest.raises(NotRead) as refused:
        read(reader, body)

    assert (refused.value.why, refused.value.is_failure) == (why, False)


def test_without_the_extra_it_says_so():
    without = (
        "import sys; sys.modules['rapidocr_onnxruntime'] = None\nfrom app.review.pictures.child import main; main()"
    )
    reader = PictureReader((sys.executable, "-c", without))

    with pytest.raises(NotRead) as refused:
        read(reader, picture("最"))
    reader.close()

    assert (refused.value.why, refused.value.is_failure) == ("not_installed", False)


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import time; time.sleep(60)", "timeout"),
        ("import sys; sys.stdin.buffer.read(8); print('{', flush=True); sys.stdin.buffer.read()", "failed"),
        ("pass", "failed"),
    ],
)
def test_a_process_that_hangs_ends_or_talks_nonsense_costs_its_time_and_the_next_begins_anew(program, why):
    reader = PictureReader((sys.executable, "-c", program))
    began = time.monotonic()

    for _ in range(2):
        with pytest.raises(NotRead) as failed:
            read(reader, bytes(4_000_000), within=0.2 if why == "timeout" else 20)
        assert (failed.value.why, failed.value.is_failure) == (why, True)
    reader.close()

    assert time.monotonic() - began < 15


def test_a_process_that_stopped_reading_before_it_was_asked_is_ended_like_any_other():
    deaf = (
        "import os, time\n"
        "os.read(0, 100); os.close(0)\n"
        """print('{"lines": [["\\u6700", 9000]]}', flush=True); time.sleep(60)"""
    )
    reader = PictureReader((sys.executable, "-c", deaf))
    assert read(reader, b"-") == [("最", 9000)]

    with pytest.raises(NotRead) as failed:
        read(reader, b"-", within=0.3)

    assert (failed.value.why, failed.value.is_failure) == ("timeout", True)
