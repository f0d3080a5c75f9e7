"""Draw the sharing picture of a site that has none: a lattice of eight-pointed stars, without letters.

In: nothing. Out: `templates/assets/share.png`, 1200 × 630, the size that sharing services ask for.
"""

from __future__ import annotations

from math import cos, hypot, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw

OUTPUT = Path(__file__).resolve().parent.parent / "templates" / "assets" / "share.png"
WIDTH, HEIGHT = 1200, 630
SCALE = 3
"""Drawn larger and then reduced, because Pillow does not smooth edges."""
STEP, RADIUS = 105, 50
GROUND, LINE, GOLD, TEAL = (12, 49, 59), (38, 82, 92), (242, 177, 52), (11, 85, 99)
COLOURS = 48


def square(x: float, y: float, radius: float, turn: float) -> list[tuple[float, float]]:
    """Corners of a square round a centre."""
    return [(x + radius * cos(turn + i * pi / 2), y + radius * sin(turn + i * pi / 2)) for i in range(4)]


def star(draw: ImageDraw.ImageDraw, x: float, y: float, fill: tuple[int, int, int], line: tuple[int, int, int]) -> None:
    """Draw a khatim: two squares, one turned by an eighth, and a smaller star inside."""
    for turn in (0.0, pi / 4):
        draw.polygon(square(x, y, RADIUS * SCALE, turn), fill=fill)
    for radius in (1.0, 0.55):
        for turn in (0.0, pi / 4):
            corners = square(x, y, RADIUS * SCALE * radius, turn)
            draw.line([*corners, corners[0]], fill=line, width=3 * SCALE, joint="curve")


def main() -> None:
    """Draw the lattice, brightest along a wave from one corner to the other."""
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), GROUND)
    draw = ImageDraw.Draw(image)
    for row in range(7):
        for column in range(12):
            x, y = (column + 0.5) * STEP * SCALE - 30 * SCALE, row * STEP * SCALE
            lit = abs(row - 3 - 2.2 * sin(column / 2.1)) < 0.75
            near = hypot(column - 5.5, row - 3) < 4
            star(draw, x, y, GOLD if lit else TEAL if near else GROUND, GROUND if lit else LINE)
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    small.quantize(COLOURS, dither=Image.Dither.NONE).save(OUTPUT, optimize=True)
    print(f"{OUTPUT.name} {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
