"""An encoder of frames: mean colours of a grid, and a hash of a question's words.  Standard library only."""

import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python-teacher"))

import opd_teacher

GRID = 4


class MeanColours(opd_teacher.Encoder):
    name = "mean colours"
    identity = "1"
    channels = 3 * GRID * GRID
    side = 64
    texts = True

    def encode(self, pictures):
        return [self._colours(picture) for picture in pictures]

    def _colours(self, picture):
        sums, counts = [0.0] * self.channels, [0] * (GRID * GRID)
        for y in range(picture.height):
            for x in range(picture.width):
                cell = GRID * (GRID * y // picture.height) + GRID * x // picture.width
                counts[cell] += 1
                for colour in range(3):
                    sums[3 * cell + colour] += picture.pixels[3 * (y * picture.width + x) + colour] / 255
        return [value / max(1, counts[index // 3]) for index, value in enumerate(sums)]

    def embed(self, texts):
        return [self._words(text) for text in texts]

    def _words(self, text):
        row = [0.0] * self.channels
        for word in text.lower().split():
            row[hashlib.sha256(word.encode()).digest()[0] % self.channels] += 1
        return row


if __name__ == "__main__":
    opd_teacher.serve(MeanColours())
