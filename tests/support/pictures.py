"""Pictures as files, given to the page, and its samples."""

import base64
import io

import numpy as np
from PIL import Image


def tap_sample(page, index):
    """Taps a sample and waits until the network has seen it; returns its label."""
    page.locator(".sample").nth(index).click()
    page.wait_for_function(
        """(index) => {
            const read = (canvas) => canvas.getContext("2d").getImageData(0, 0, 28, 28).data.join();
            const sample = document.querySelectorAll(".sample")[index];
            return read(sample.querySelector("canvas")) === read(document.querySelector("#network-input"));
        }""",
        arg=index,
    )
    return int(page.locator(".sample").nth(index).get_attribute("data-label"))


def encode_png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def photograph(sample, label):
    """A large picture of a sample, dark ink on light paper, off the middle."""
    images, labels = sample
    enlarged = np.kron(images[labels == label][0], np.ones((10, 10), np.uint8))
    return encode_png(np.pad(245 - np.minimum(enlarged, 225), ((30, 200), (150, 20)), constant_values=245))


def give_picture(page, how, content, name="digit.png"):
    """Opens, pastes or drops a file."""
    if how == "open":
        page.set_input_files("#picture-file", {"name": name, "mimeType": "image/png", "buffer": content})
        return
    page.evaluate(
        """async ([how, content, name]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const parcel = new DataTransfer();
            parcel.items.add(new File([bytes], name, { type: "image/png" }));
            const target = document.querySelector("#sketchpad canvas");
            if (how === "paste") {
                target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: parcel, bubbles: true }));
            } else {
                const options = { dataTransfer: parcel, bubbles: true, cancelable: true };
                const isAccepted = !target.dispatchEvent(new DragEvent("dragover", options));
                if (isAccepted) target.dispatchEvent(new DragEvent("drop", options));
            }
        }""",
        [how, base64.b64encode(content).decode(), name],
    )
