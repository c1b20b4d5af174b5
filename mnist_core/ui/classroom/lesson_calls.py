"""What the teacher's screen asks that takes a network or a file: digits to guess, a training, the class's drawings."""

from __future__ import annotations

import base64

from ...classroom.drawings import Sent
from ...errors import DataError, PictureError
from ...hosting.identity import current_visitor
from ...preprocessing.answer_sheet import read_answer_sheet
from ...preprocessing.decoding import open_picture
from ...services.class_files import read_class_file, write_class_file
from ...services.class_training import ClassTraining
from ...services.first_guesses import FirstGuesses
from ...services.reader import Reader
from ...services.rooms import Rooms
from ..wire import Message, decode_base64, encode_bytes
from .calls import Calls, by_name
from .device_calls import read_sent

# Six pixels for a millimetre of the sheet.
_PHOTO_SIDE = 2000


def guess_calls(rooms: Rooms, guesses: FirstGuesses) -> Calls:
    """Returns the calls for "Guess first" by name."""

    def offer_guesses(message: Message, address: str) -> Message:
        """Answers `{teacher}` with `{offers}`, each `{id, image, label, digit, kind}`."""
        rooms.check_teacher(message.get("teacher"))
        return {
            "offers": [
                {
                    "id": offer.id,
                    "image": encode_bytes(offer.image),
                    "label": offer.label,
                    "digit": offer.digit,
                    "kind": offer.kind,
                }
                for offer in guesses.list_offers()
            ]
        }

    def start_guess(message: Message, address: str) -> Message:
        """Starts "Guess first" with one of the offers: `{teacher, id}`."""
        rooms.check_teacher(message.get("teacher"))
        rooms.start_activity(message.get("teacher"), "guess_first", guesses.settings_for(message.get("id")))
        return {}

    return by_name(offer_guesses, start_guess)


def train_calls(training: ClassTraining) -> Calls:
    """Returns the calls for "Teach it our hand" by name."""

    def train_class(message: Message, address: str) -> Message:
        training.begin(current_visitor(), message.get("teacher"))
        return {}

    def keep_model(message: Message, address: str) -> Message:
        """Answers `{teacher, name?}` with `{model}`, which everybody finds in the chooser from now on."""
        return {"model": training.keep(message.get("teacher"), message.get("name"))}

    def drop_model(message: Message, address: str) -> Message:
        training.drop(message.get("teacher"))
        return {}

    return by_name(train_class, keep_model, drop_model)


def file_calls(rooms: Rooms) -> Calls:
    """Returns the calls for what a class takes home, and brings again, by name."""

    def download_class(message: Message, address: str) -> Message:
        """Answers `{teacher, form}` with `{name, type, file}`, the file as base64; see `write_class_file`."""
        class_set = rooms.collect_class_set(message.get("teacher"))
        written = write_class_file(class_set, message.get("form") or "")
        return {"name": written.name, "type": written.type, "file": base64.b64encode(written.content).decode()}

    def add_class_set(message: Message, address: str) -> Message:
        """Takes `{teacher, file}`: an npz as `download_class` gives it, as base64."""
        rooms.check_teacher(message.get("teacher"))
        try:
            content = decode_base64(message.get("file"))
        except PictureError as error:
            raise DataError("Expected a file as base64 text.") from error
        rooms.add_class_set(message.get("teacher"), read_class_file(content))
        return {}

    return by_name(download_class, add_class_set)


def paper_calls(rooms: Rooms, reader: Reader) -> Calls:
    """Returns the call for "On paper" by name."""

    def read_sheet(message: Message, address: str) -> Message:
        """Answers `{teacher, picture}`, a photo as base64, with `{num}`: the digits on it, of a pupil of its own."""
        teacher = message.get("teacher")
        _, round_id = rooms.find_round(teacher, "on_paper")
        digits = read_answer_sheet(open_picture(decode_base64(message.get("picture")), _PHOTO_SIDE))
        drawn = [Sent(number, image=image, label=label) for number, (label, image) in enumerate(digits, 1)]
        rooms.add_sheet(teacher, round_id, [(sent, [read_sent(reader, sent)]) for sent in drawn])
        return {"num": len(digits)}

    return by_name(read_sheet)
