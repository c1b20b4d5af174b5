"""Pieces of ink or of a picture -> a whole number, read from left to right.

Which pieces make a digit is not known beforehand. All runs of neighbouring pieces that could be one are drawn, the
network is asked about them, and the division into runs is chosen that is most probable as a whole: by how much each run
looks like a digit, how sure it is which, and how well it stands in the line. Where the pieces come from does not matter
here.

Reference:
    Bottou, Bengio and LeCun (1997), "Global training of document processing systems using graph transformer networks":
    a number is the best path through a graph of candidate cuts, each scored by a network.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .inference import Predictor, predict
from .predictions import Predictions, Verdict, read_verdict

# More fit neither on the pad nor into the page's answer.
MOST_DIGITS = 12
# A digit has no more pieces than this, is no wider in heights of the line, and costs no more by its place alone, unless
# it is all there is.
_MOST_PIECES = 6
_WIDEST = 1.6
_MOST_OF_PLACE = 3.0

# All costs are natural logarithms of probabilities, and lengths are in heights of the line. They were chosen on numbers
# made of the pen ink that may be trained on; results are flat around them.
# What is no digit, for every digit that has room in its place; the width of that room.
_NO_DIGIT = 6.0
_LEAST = 1e-6
_ROOM = 0.8
# A digit lower than this costs something, so that the roof of a 5 is none; so does one wider for its own height.
_LOWEST = 0.7
_WIDE, _WIDER = 1.2, 2.0
# A gap inside a digit.
_WIDE_GAP = 15.0
# Two digits instead of one; more where a larger share of the narrower one stands over the other.
_NEXT = 0.1
_OVER, _OVERLAP = 0.75, 30.0
# The largest doubt at which something is taken for a digit in a line of which at least half passes the network's own
# limit: there it need only look more like a digit than like none.
_LINE_LIMIT = 0.5
# A piece so small that it is no digit: a point or comma where it lies low.
_SMALL = 0.3


@dataclass(frozen=True)
class Costs:
    """What is as probable in pictures as it is not in ink, or the other way round.

    Args:
        low: Of a digit that is low, for each height of the line that it is lower than usual.
        gap: The widest gap inside a digit that costs nothing, in heights of the line.
        cut: Of a cut through what hangs together.
        speck: The size up to which a piece is a speck wherever it lies, in heights of the line.
        mark: Of a point, a comma or a speck.
        doubt: How much more costs what is very doubtful, as a factor of the logarithm of what is left of trust.
        breaks: Whether something low beside a digit may be a piece that has broken off.
    """

    low: float
    gap: float
    cut: float
    speck: float
    mark: float
    doubt: float
    breaks: bool


# A pen is lifted within a digit, and goes on to the next one rarely.
OF_INK = Costs(low=10.0, gap=0.25, cut=4.0, speck=0.08, mark=1.0, doubt=0.1, breaks=False)
# On a scan, ink that hangs together may be of two digits, zeros are written small, and dirt lies between digits.
OF_PICTURES = Costs(low=3.0, gap=0.1, cut=1.0, speck=0.35, mark=2.0, doubt=1.0, breaks=True)


class Pieces(Protocol):
    """What a number is made of, such as `preprocessing.groups.InkPieces`."""

    @property
    def boxes(self) -> np.ndarray:
        """Left, top, width and height of each piece: float64 (n, 4), y down, in any unit."""
        ...

    @property
    def origins(self) -> np.ndarray:
        """The number of the line that each piece was cut from: int64 (n,); between pieces of one a cut was made."""
        ...

    @property
    def orders(self) -> tuple[tuple[int, ...], ...]:
        """Orders of the n pieces in which neighbours may make a digit."""
        ...

    def draw(self, pieces: Sequence[int]) -> np.ndarray | None:
        """Draws some pieces as one digit: float32 (28, 28) in [0, 1], or None for what cannot be drawn."""
        ...


@dataclass(frozen=True)
class NumberDigit:
    """One digit of a number, or what stands in the place of one.

    Args:
        probabilities: float64 (10,).
        doubt: How little it looks like a digit, in [0, 1].
        verdict: All that in one breath; "refused" where it does not look like a digit.
        box: Left, top, width and height, in the unit of the pieces.
        pieces: Indices of those that it is made of.
        image: float32 (28, 28) in [0, 1], what the network received.
    """

    probabilities: np.ndarray
    doubt: float
    verdict: Verdict
    box: tuple[float, float, float, float]
    pieces: tuple[int, ...]
    image: np.ndarray

    @property
    def label(self) -> int:
        """The most probable digit."""
        return self.verdict.labels[0]


@dataclass(frozen=True)
class NumberReading:
    """A whole number.

    Args:
        whole: All pieces read as one digit.
        digits: From left to right; only `whole` where that is the most probable reading.
        limit: The largest doubt at which one of them is taken for a digit.
        marks: Points and commas: how many digits stand before each.
    """

    whole: NumberDigit
    digits: tuple[NumberDigit, ...]
    limit: float
    marks: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The digits, such as "2026"; "?" stands for what is no digit: "20?6". Marks are left out."""
        return "".join(name_digit(digit.verdict) for digit in self.digits)

    @property
    def confidence(self) -> float:
        """Probability that all digits are read right, as the product of theirs."""
        return math.prod(digit.verdict.confidence for digit in self.digits)


def name_digit(verdict: Verdict) -> str:
    """Returns the digit, or "?" for what is none."""
    return "?" if verdict.kind == "refused" else str(verdict.labels[0])


Run = tuple[int, ...]  # indices of pieces, rising
Box = tuple[float, float, float, float]  # left, top, right and bottom, in heights of the line


def read_line(predictor: Predictor, pieces: Pieces, costs: Costs = OF_INK) -> NumberReading:
    """Reads a number.

    Args:
        predictor: What answers.
        pieces: At least one.
        costs: What is probable where they come from.
    """
    line = _Line(pieces, predictor.calibration.limit, costs)
    line.ask(predictor, [line.whole])
    path = [line.whole]
    # No other division costs less than two digits cost, so a good single digit is all that is asked about.
    if len(line.whole) > 1 and line.costs[line.whole] > _NEXT:
        line.ask(predictor, line.list_runs())
        path = min((line.find_path(order) for order in pieces.orders), key=line.find_cost)
    return line.read(path)


class _Line:
    """The runs of one line's pieces, what the network made of them, and what each costs."""

    def __init__(self, pieces: Pieces, limit: float, costs: Costs) -> None:
        self._pieces = pieces
        self._limit = limit
        self._costs = costs
        self.whole: Run = tuple(range(len(pieces.boxes)))
        boxes = pieces.boxes.tolist()  # plain numbers: there are few, and arrays would take longer
        self._height = max(box[3] for box in boxes) or max(box[2] for box in boxes) or 1.0
        self._corners: list[Box] = [
            (left / self._height, top / self._height, (left + width) / self._height, (top + height) / self._height)
            for left, top, width, height in boxes
        ]
        self._boxes: dict[Run, Box] = {}
        self._answers: dict[Run, tuple[np.ndarray, Predictions, int]] = {}
        self._alone: set[int] = set()  # marks beside all digits, which are part of none
        self._marks = self._find_marks() if len(boxes) > 1 else {}
        self.costs: dict[Run, float] = {}

    def _find_marks(self) -> dict[Run, bool]:
        """Finds the pieces that are too small for a digit, and whether each lies low, as points and commas do."""
        marks: dict[Run, bool] = {}
        large = [corners for corners in self._corners if _measure(corners) >= _SMALL]
        origins = self._pieces.origins.tolist()
        for piece, corners in enumerate(self._corners):
            size = _measure(corners)
            is_cut = origins.count(origins[piece]) > 1  # such as the tail of a 2
            if size >= max(_SMALL, self._costs.speck) or not large or is_cut:
                continue
            left, top, right, bottom = corners
            nearest = min(large, key=lambda other: abs(other[0] + other[2] - left - right))
            is_low = size < _SMALL and (top + bottom) / 2 > nearest[3] - _SMALL
            if is_low or size < self._costs.speck:
                marks[piece,] = is_low
            is_below = any(start <= (left + right) / 2 <= end for start, _, end, _ in large)
            if is_low and not is_below and not self._costs.breaks:
                self._alone.add(piece)
        return marks

    def list_runs(self) -> list[Run]:
        """Lists all runs of neighbours that could be one digit."""
        runs: dict[Run, None] = {}
        for order in self._pieces.orders:
            for start, length in itertools.product(range(len(order)), range(1, _MOST_PIECES + 1)):
                run = tuple(sorted(order[start : start + length]))
                if len(run) == 1 or self._may_be_digit(run):
                    runs[run] = None
        return [*runs]

    def _may_be_digit(self, run: Run) -> bool:
        box = self._find_box(run)
        is_together = self._alone.isdisjoint(run) and box[2] - box[0] <= _WIDEST
        return is_together and self._find_cost_of_place(run) <= _MOST_OF_PLACE

    def _find_box(self, run: Run) -> Box:
        if run not in self._boxes:
            lefts, tops, rights, bottoms = zip(*(self._corners[piece] for piece in run), strict=True)
            self._boxes[run] = min(lefts), min(tops), max(rights), max(bottoms)
        return self._boxes[run]

    def ask(self, predictor: Predictor, runs: Iterable[Run]) -> None:
        """Asks the network about runs, all together, and finds what each costs."""
        new = [run for run in runs if run not in self.costs]
        drawn = {run: image for run in new if (image := self._pieces.draw(run)) is not None}
        if drawn:
            predictions = predict(predictor, np.stack([*drawn.values()]))
            self._answers |= {run: (image, predictions, place) for place, (run, image) in enumerate(drawn.items())}
        for run in new:
            self.costs[run] = self._costs.mark if run in self._marks else self._find_cost_of_digit(run)

    def _find_cost_of_digit(self, run: Run) -> float:
        left, _, right, _ = self._find_box(run)
        cost = _NO_DIGIT * max(1.0, (right - left) / _ROOM)
        if run in self._answers:
            _, predictions, place = self._answers[run]
            doubt, confidence = float(predictions.doubt[place]), float(predictions.probabilities[place].max())
            of_doubt = math.log1p(doubt / max(_LEAST, self._limit))
            of_doubt -= self._costs.doubt * math.log(max(_LEAST, 1 - doubt))
            cost = min(cost, of_doubt - math.log(confidence))
        return cost + self._find_cost_of_place(run)

    def _find_cost_of_place(self, run: Run) -> float:
        left, top, right, bottom = self._find_box(run)
        width, height = right - left, bottom - top
        cost = self._costs.low * max(0.0, _LOWEST - height)
        cost += _WIDER * max(0.0, width / max(height, 0.1) - _WIDE)
        return cost + _WIDE_GAP * sum(max(0.0, gap - self._costs.gap) for gap in self._find_gaps(run))

    def _find_gaps(self, run: Run) -> Iterable[float]:
        """Yields the widths of the empty columns within a run, in heights of the line."""
        end = -math.inf
        for left, _, right, _ in sorted(self._corners[piece] for piece in run):
            if end > -math.inf:
                yield left - end
            end = max(end, right)

    def find_path(self, order: Sequence[int]) -> list[Run]:
        """Finds the division of an order into runs that costs least."""
        best: dict[tuple[int, int], tuple[float, list[Run]]] = {}  # by the places where the last run starts and ends
        for start, end in itertools.combinations(range(len(order) + 1), 2):
            run = tuple(sorted(order[start:end]))
            if run not in self.costs:
                continue
            before = [best[first, start] for first in range(start) if (first, start) in best]
            options = [(cost + self._find_cost_of_joint(path[-1], run), [*path, run]) for cost, path in before]
            if not start:
                options = [(0.0, [run])]
            cost, path = min(options, key=lambda option: option[0])
            best[start, end] = cost + self.costs[run], path
        return min((best[start, end] for start, end in best if end == len(order)), key=lambda option: option[0])[1]

    def _find_cost_of_joint(self, run: Run, other: Run) -> float:
        box, next_box = self._find_box(run), self._find_box(other)
        if box[0] + box[2] > next_box[0] + next_box[2]:
            box, next_box = next_box, box
        narrower = max(0.1, min(box[2] - box[0], next_box[2] - next_box[0]))
        cost = _NEXT + _OVERLAP * max(0.0, (box[2] - next_box[0]) / narrower - _OVER)
        if not {self._pieces.origins[piece] for piece in run}.isdisjoint(
            self._pieces.origins[piece] for piece in other
        ):
            cost += self._costs.cut
        return cost

    def find_cost(self, path: Sequence[Run]) -> float:
        """Returns what a division costs as a whole."""
        joints = sum(self._find_cost_of_joint(run, other) for run, other in itertools.pairwise(path))
        return joints + sum(self.costs[run] for run in path)

    def read(self, path: Sequence[Run]) -> NumberReading:
        """Returns what a division says."""
        whole = self._read_digit(self.whole, self._limit)
        if len(path) == 1:
            return NumberReading(whole, (whole,), self._limit)
        path = sorted(path, key=lambda run: self._find_box(run)[0] + self._find_box(run)[2])
        runs = [run for run in path if run not in self._marks]
        places = [place for place, run in enumerate(path) if self._marks.get(run)]
        marks = [sum(run not in self._marks for run in path[:place]) for place in places]
        is_expected = len(runs) > 1 and 2 * sum(self._find_doubt(run) <= self._limit for run in runs) >= len(runs)
        limit = max(self._limit, _LINE_LIMIT) if is_expected else self._limit
        return NumberReading(whole, tuple(self._read_digit(run, limit) for run in runs), limit, tuple(marks))

    def _find_doubt(self, run: Run) -> float:
        if run not in self._answers:
            return 1.0
        _, predictions, place = self._answers[run]
        return float(predictions.doubt[place])

    def _read_digit(self, run: Run, limit: float) -> NumberDigit:
        left, top, right, bottom = (side * self._height for side in self._find_box(run))
        image, probabilities = np.zeros((28, 28), np.float32), np.full(10, 0.1)
        if run in self._answers:
            image, predictions, place = self._answers[run]
            probabilities = predictions.probabilities[place]
        doubt = self._find_doubt(run)
        verdict = read_verdict(probabilities, doubt <= limit)
        return NumberDigit(probabilities, doubt, verdict, (left, top, right - left, bottom - top), run, image)


def _measure(corners: Box) -> float:
    return max(corners[2] - corners[0], corners[3] - corners[1])
