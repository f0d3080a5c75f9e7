"""Draw the living example's pictures: code → SVG → Chromium → JPEG beside the entries that use them.

In: nothing but this file; every picture has its own seed, so that a run gives the same shapes each time. Out:
`content/<theme>/<name>.jpg`, 1600 × 1000 and at most `BYTE_LIMIT` bytes unless `PICTURES` says otherwise. Needs
Playwright and a Chromium (`CHROMIUM`, default /usr/bin/chromium). Refuses names it does not know.

    python tools/draw.py             # all
    python tools/draw.py oud mint-tea
"""

from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Point = tuple[float, float]

CONTENT = Path(__file__).resolve().parent.parent / "content"
BYTE_LIMIT = 148_000
GRAIN = 0.024
"""Strength of the grain of the paper, as a share of full contrast."""


@dataclass
class Sheet:
    """One picture on the table: definitions and shapes, in painting order."""

    width: int
    height: int
    rng: Random
    defs: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)

    def name(self) -> str:
        return f"d{len(self.defs)}"

    def linear(self, *stops: tuple[float, str] | tuple[float, str, float], angle: float = 90) -> str:
        """A gradient along `angle` degrees (90: top to bottom) → paint."""
        x, y = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        name = self.name()
        self.defs.append(
            f'<linearGradient id="{name}" x1="{0.5 - x / 2:.3f}" y1="{0.5 - y / 2:.3f}" '
            f'x2="{0.5 + x / 2:.3f}" y2="{0.5 + y / 2:.3f}">{stop_tags(stops)}</linearGradient>'
        )
        return f"url(#{name})"

    def radial(self, *stops: tuple[float, str] | tuple[float, str, float], cx: float = 0.5, cy: float = 0.5) -> str:
        """A gradient from (cx, cy) outwards → paint."""
        name = self.name()
        self.defs.append(f'<radialGradient id="{name}" cx="{cx}" cy="{cy}" r="0.5">{stop_tags(stops)}</radialGradient>')
        return f"url(#{name})"

    def blur(self, radius: float) -> str:
        name = self.name()
        self.defs.append(
            f'<filter id="{name}" x="-100%" y="-100%" width="300%" height="300%">'
            f'<feGaussianBlur stdDeviation="{radius}"/></filter>'
        )
        return f"url(#{name})"

    def clip(self, d: str) -> str:
        name = self.name()
        self.defs.append(f'<clipPath id="{name}"><path d="{d}"/></clipPath>')
        return f"url(#{name})"

    def add(self, tag: str, **attributes: str | float) -> None:
        words = " ".join(f'{key.replace("_", "-")}="{number(value)}"' for key, value in attributes.items())
        self.shapes.append(f"<{tag} {words}/>")

    def open(self, **attributes: str | float) -> None:
        words = " ".join(f'{key.replace("_", "-")}="{number(value)}"' for key, value in attributes.items())
        self.shapes.append(f"<g {words}>")

    def close(self) -> None:
        self.shapes.append("</g>")

    def rect(self, x: float, y: float, w: float, h: float, fill: str, **more: str | float) -> None:
        self.add("rect", x=x, y=y, width=w, height=h, fill=fill, **more)

    def ground(self, fill: str) -> None:
        self.rect(0, 0, self.width, self.height, fill)

    def circle(self, x: float, y: float, r: float, fill: str, **more: str | float) -> None:
        self.add("circle", cx=x, cy=y, r=r, fill=fill, **more)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str, **more: str | float) -> None:
        self.add("ellipse", cx=x, cy=y, rx=rx, ry=ry, fill=fill, **more)

    def path(self, d: str, fill: str = "none", **more: str | float) -> None:
        self.add("path", d=d, fill=fill, **more)

    def line(self, points: Sequence[Point], stroke: str, width: float, **more: str | float) -> None:
        ends: dict[str, str | float] = {"stroke_linecap": "round", "stroke_linejoin": "round", **more}
        self.add("path", d=straight(points), fill="none", stroke=stroke, stroke_width=width, **ends)

    def poly(self, points: Sequence[Point], fill: str, **more: str | float) -> None:
        self.path(straight(points) + "Z", fill, **more)

    def glow(self, x: float, y: float, r: float, colour: str, strength: float = 0.8) -> None:
        self.circle(x, y, r, self.radial((0, colour, strength), (0.35, colour, strength * 0.42), (1, colour, 0)))

    def hills(self, base: float, swell: float, count: int, fill: str, **more: str | float) -> None:
        """A soft ridge right across the sheet, down to its foot."""
        step = (self.width + 200) / count
        points = [(-100 + i * step, base + self.rng.uniform(-swell, swell)) for i in range(count + 1)]
        foot = f"L{self.width + 100} {self.height + 10}L-100 {self.height + 10}Z"
        self.path(smooth(points) + foot, fill, **more)

    def stars(self, count: int, low: float, colour: str = "#fff6df") -> None:
        for _ in range(count):
            x, y = self.rng.uniform(0, self.width), self.rng.uniform(0, low)
            self.circle(x, y, self.rng.choice((1, 1.4, 1.8, 2.6)), colour, opacity=self.rng.uniform(0.25, 0.95))

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}"><defs>{"".join(self.defs)}</defs>{"".join(self.shapes)}</svg>'
        )


def number(value: str | float) -> str:
    """A number in SVG, without trailing zeros; text is unchanged."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def stop_tags(stops: Iterable[tuple[float, str] | tuple[float, str, float]]) -> str:
    """Stops of a gradient: (offset, colour) or (offset, colour, opacity)."""
    tags = []
    for stop in stops:
        opacity = f' stop-opacity="{stop[2]:.3f}"' if len(stop) == 3 else ""
        tags.append(f'<stop offset="{stop[0]}" stop-color="{stop[1]}"{opacity}/>')
    return "".join(tags)


def straight(points: Sequence[Point]) -> str:
    """A path along straight lines."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def smooth(points: Sequence[Point], *, closed: bool = False) -> str:
    """A curve through all points: Catmull-Rom, written as cubic Béziers."""
    around = [points[-1], *points, points[0], points[1]] if closed else [points[0], *points, points[-1]]
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        parts.append(
            f"C{b[0] + (c[0] - a[0]) / 6:.1f} {b[1] + (c[1] - a[1]) / 6:.1f} "
            f"{c[0] - (d[0] - b[0]) / 6:.1f} {c[1] - (d[1] - b[1]) / 6:.1f} {c[0]:.1f} {c[1]:.1f}"
        )
    return "".join(parts) + ("Z" if closed else "")


def square(x: float, y: float, r: float, turn: float) -> list[Point]:
    """Corners of a square, `r` from its middle; two of them make an eight-pointed star."""
    angles = [math.radians(turn + a) for a in (0, 90, 180, 270)]
    return [(x + r * math.cos(a), y + r * math.sin(a)) for a in angles]


def leaf(x: float, y: float, length: float, width: float, angle: float) -> tuple[str, str]:
    """(the whole leaf, its upper half), from its stalk at (x, y) along `angle` degrees."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def at(along: float, across: float) -> str:
        return f"{x + along * cos - across * sin:.1f} {y + along * sin + across * cos:.1f}"

    tip, root = at(length, 0), at(0, 0)
    upper = f"C{at(length * 0.25, -width)} {at(length * 0.75, -width)} {tip}"
    lower = f"C{at(length * 0.75, width)} {at(length * 0.25, width)} {root}"
    return f"M{root}{upper}{lower}Z", f"M{root}{upper}L{root}Z"


def streaks(  # noqa: PLR0917 - as a gradient is given: where, how wide, what
    s: Sheet, x: float, top: float, bottom: float, spread: tuple[float, float], colour: str, n: int
) -> None:
    """Light on water: short level strokes below a light, wider towards the viewer."""
    for _ in range(n):
        t = s.rng.random()
        y = top + (bottom - top) * t
        reach = spread[0] + (spread[1] - spread[0]) * t
        w = s.rng.uniform(0.25, 1) * reach * 0.7
        at = x + s.rng.gauss(0, 0.42) * reach
        s.rect(at - w / 2, y, w, 2 + 5 * t, colour, rx=3, opacity=s.rng.uniform(0.18, 0.75) * (1 - 0.45 * t))


def birds(s: Sheet, places: Iterable[tuple[float, float, float]], colour: str) -> None:
    """Birds far off, each (x, y, half its span)."""
    for x, y, r in places:
        tip, bow = y - r * 0.35, y - r * 0.7
        d = f"M{x - r} {tip}Q{x - r * 0.4} {bow} {x} {y}Q{x + r * 0.4} {bow} {x + r} {tip}"
        s.path(d, stroke=colour, stroke_width=r * 0.16, stroke_linecap="round")


# ---------------------------------------------------------------- hot


def port_cranes(s: Sheet) -> None:
    """A container ship with rigid sails between quay cranes, the sun low behind it."""
    s.ground(s.linear((0, "#1d1b4a"), (0.3, "#5a2a6e"), (0.5, "#c94f63"), (0.66, "#ffb765")))
    s.stars(60, 260)
    for r, o in ((470, 0.1), (360, 0.12), (270, 0.16)):
        s.circle(800, 575, r, "#ffcf86", opacity=o)
    s.circle(800, 575, 190, s.linear((0, "#fff3c4"), (1, "#ff9a55")))
    for x, y, w in ((180, 330, 460), (1010, 280, 420), (420, 420, 300), (1150, 455, 380), (60, 510, 330)):
        s.rect(x, y, w, 12, "#ffd2a1", rx=6, opacity=0.28)
        s.rect(x + w * 0.2, y + 20, w * 0.5, 8, "#ffd2a1", rx=4, opacity=0.18)
    s.hills(622, 26, 9, "#8b3a68")
    s.hills(646, 14, 12, "#652c62")
    s.rect(0, 664, 1600, 336, s.linear((0, "#e8746a"), (0.25, "#8f3c6d"), (1, "#191440")))
    streaks(s, 800, 668, 990, (210, 420), "#ffd796", 150)
    ship(s)
    for x, flip, k in ((250, 1, 1.0), (60, 1, 0.74), (1352, -1, 1.0), (1545, -1, 0.74)):
        crane(s, (x, 868), flip * k, k, "#17123a" if k == 1 else "#2a1b4d")
    s.path("M-10 866L430 866L470 1010L-10 1010Z", "#120e30")
    s.path("M1610 866L1170 866L1130 1010L1610 1010Z", "#120e30")
    for x in (40, 116, 192, 1344, 1420, 1496):
        for row in range(s.rng.randint(1, 2)):
            s.rect(x, 842 - row * 27, 70, 24, s.rng.choice(("#b8424f", "#2f6f7e", "#d98a45", "#4b3a7a")), rx=2)
    birds(s, ((520, 210, 26), (590, 250, 19), (1080, 190, 23), (985, 236, 15)), "#241a48")


def ship(s: Sheet) -> None:
    """The ship itself: sails, containers, bridge, hull."""
    sail = s.linear((0, "#fff1d8"), (0.55, "#ffd3a8"), (1, "#c4687a"), angle=0)
    for x in (560, 684, 808, 932):
        s.rect(x + 20, 560, 12, 130, "#2a1c4b")
        s.path(f"M{x} 630V330Q{x + 4} 292 {x + 34} 284Q{x + 52} 288 {x + 52} 318V630Z", sail)
        for y in range(350, 620, 54):
            s.rect(x, y, 52, 3, "#a5506c", opacity=0.35)
    colours = ("#d9644f", "#2c6e80", "#e7a04c", "#5b4289", "#3c8f86", "#b23a55")
    for column in range(10):
        for row in range(s.rng.randint(2, 3)):
            x, y = 522 + column * 50, 688 - row * 26
            s.rect(x, y, 47, 24, s.rng.choice(colours), rx=2)
            for rib in range(1, 5):
                s.rect(x + rib * 9.4, y + 3, 2, 18, "#000", opacity=0.16)
    s.path("M1040 712V560H1130V712Z", s.linear((0, "#fff0dc"), (1, "#e0a19a"), angle=0))
    s.rect(1028, 552, 114, 14, "#fff3e3", rx=3)
    for y in (580, 610, 640, 670):
        for x in range(5):
            s.rect(1049 + x * 16, y, 9, 12, "#4a2a5c")
    s.rect(1078, 500, 8, 54, "#2a1c4b")
    s.path("M420 700H1166L1142 782Q1136 800 1116 800H500Q470 800 454 776Z", s.linear((0, "#2b2258"), (1, "#191440")))
    s.path("M446 764L454 776Q470 800 500 800H1116Q1136 800 1142 782L1147 764Z", "#b23a4c")
    s.rect(430, 712, 730, 5, "#ffd796", opacity=0.5)
    for x in range(460, 1150, 46):
        s.circle(x, 738, 4, "#ffd796", opacity=0.55)
    for _ in range(26):
        at, w = s.rng.uniform(380, 1160), s.rng.uniform(40, 160)
        s.rect(at, s.rng.uniform(798, 860), w, 4, "#120e30", rx=2, opacity=0.5)


def crane(s: Sheet, foot: Point, across: float, up: float, colour: str) -> None:
    """A quay crane whose arm reaches to the right; a negative `across` mirrors it."""

    def at(*points: Point) -> list[Point]:
        return [(foot[0] + px * across, foot[1] - py * up) for px, py in points]

    for pair in (((-90, 0), (-60, 420)), ((60, 0), (60, 420)), ((-76, 200), (60, 200))):
        s.line(at(*pair), colour, 15 * up)
    s.line(at((-76, 200), (60, 330), (-64, 420)), colour, 6 * up)
    s.line(at((-230, 420), (330, 420)), colour, 20 * up)
    s.line(at((-60, 420), (0, 590), (60, 420)), colour, 12 * up)
    s.line(at((-225, 424), (0, 590), (322, 424)), colour, 5 * up)
    s.line(at((0, 590), (180, 424)), colour, 4 * up)
    s.poly(at((-170, 412), (-110, 412), (-110, 362), (-170, 362)), colour)
    s.line(at((220, 420), (220, 250)), colour, 3 * up)
    s.line(at((250, 420), (250, 250)), colour, 3 * up)
    s.poly(at((196, 250), (274, 250), (274, 216), (196, 216)), "#c2504e")
    s.poly(at((208, 420), (262, 420), (250, 396), (220, 396)), colour)
    for px, py in ((-100, 0), (70, 0)):
        s.poly(at((px - 26, py + 22), (px + 26, py + 22), (px + 30, py), (px - 30, py)), colour)
    s.circle(*at((0, 590))[0], 5 * up, "#ff6b5e")


def snow_mountains(s: Sheet) -> None:
    """Snow peaks in layers of mist, a village with lit windows, pines."""
    s.ground(s.linear((0, "#2b5a86"), (0.4, "#8cb4cc"), (0.62, "#f3d9cf"), (1, "#f3d9cf")))
    s.circle(1130, 250, 92, "#fff8ec", opacity=0.95)
    s.glow(1130, 250, 330, "#fff2dd", 0.6)
    for x, y, w in ((120, 190, 380), (760, 130, 320), (1230, 360, 300), (420, 300, 260)):
        s.rect(x, y, w, 16, "#fff", rx=8, opacity=0.28)
        s.rect(x + 60, y + 24, w * 0.5, 11, "#fff", rx=5, opacity=0.2)
    for x, y, half, foot, tones in (
        (180, 330, 420, 760, ("#a9c3d6", "#d8e4ec", "#8fb0c8")),
        (1440, 300, 460, 760, ("#a2bed3", "#d3e1ea", "#88abc5")),
        (520, 250, 470, 800, ("#7ea3c0", "#eef4f7", "#5c86a8")),
        (1060, 330, 430, 800, ("#7398b8", "#e6eff4", "#527c9f")),
        (800, 170, 520, 860, ("#5f8bb0", "#fdfefe", "#3f6c94")),
    ):
        peak(s, (x, y), half, foot, tones)
        fog = s.linear((0, "#f3e3dc", 0), (1, "#f3e3dc", 0.55))
        s.rect(0, foot - 260, 1600, 260, fog)
    s.hills(760, 26, 7, s.linear((0, "#dbe8ef"), (1, "#b4cddd")))
    village(s)
    s.hills(850, 20, 6, s.linear((0, "#f7fbfc"), (1, "#c6dae6")))
    for _ in range(34):
        side = s.rng.choice((s.rng.uniform(-20, 480), s.rng.uniform(1120, 1620)))
        pine(s, side, s.rng.uniform(872, 930), s.rng.uniform(70, 150))
    s.hills(950, 12, 6, "#ffffff")
    for _ in range(150):
        s.circle(s.rng.uniform(0, 1600), s.rng.uniform(0, 1000), s.rng.uniform(1.4, 4.6), "#fff", opacity=0.8)


def peak(s: Sheet, top: Point, half: float, foot: float, tones: tuple[str, str, str]) -> None:
    """A snow peak: shaded side, lit side along a broken ridge, bare rock showing through."""
    shade, lit, rock = tones
    x, y = top
    rise = foot - y
    left = [(x - half * t + s.rng.uniform(-14, 14), y + rise * t) for t in (0.2, 0.42, 0.66, 0.85)]
    right = [(x + half * t + s.rng.uniform(-14, 14), y + rise * t) for t in (0.16, 0.4, 0.62, 0.86)]
    s.poly([(x - half, foot), *reversed(left), top, *right, (x + half, foot)], shade)
    ridge = [
        (x + half * k, y + rise * t) for k, t in ((-0.03, 0.14), (0.07, 0.3), (-0.05, 0.5), (0.09, 0.72), (0.02, 1))
    ]
    s.poly([top, *right, (x + half, foot), *reversed(ridge)], lit)
    for side, tone, n in ((-1, rock, 9), (1, shade, 8)):
        for _ in range(n):
            t = s.rng.uniform(0.28, 0.9)
            px = x + side * half * t * s.rng.uniform(0.25, 0.85)
            py, w, h = y + rise * t, s.rng.uniform(10, 34), s.rng.uniform(40, 120)
            s.poly([(px, py - h), (px + side * w, py), (px + side * w * 0.3, py - h * 0.2)], tone, opacity=0.75)


def pine(s: Sheet, x: float, y: float, h: float) -> None:
    """A pine under snow; (x, y) is its foot."""
    s.rect(x - h * 0.04, y - h * 0.1, h * 0.08, h * 0.2, "#3a2a2a")
    for t, w in ((0.1, 0.3), (0.36, 0.24), (0.62, 0.17)):
        top, low = y - h * (t + 0.42), y - h * t
        s.poly([(x, top), (x + h * w, low), (x - h * w, low)], "#1f4a5c")
        s.poly(
            [(x, top), (x + h * w * 0.55, low - h * 0.19), (x, low - h * 0.13), (x - h * w * 0.5, low - h * 0.2)],
            "#eef5f8",
        )


def village(s: Sheet) -> None:
    """Clay houses with snow on their roofs and light in their windows."""
    s.glow(800, 800, 330, "#ffcf8a", 0.7)
    houses = (
        (560, 800, 92, 62),
        (640, 776, 74, 80),
        (712, 806, 104, 66),
        (800, 774, 82, 92),
        (868, 808, 96, 60),
        (956, 786, 80, 76),
    )
    for x, y, w, h in houses:
        s.rect(x, y, w, h + 40, s.linear((0, "#b0694f"), (1, "#8a4a40"), angle=0))
        s.path(f"M{x - 6} {y + 4}Q{x + w / 2} {y - 20} {x + w + 6} {y + 4}V{y + 8}H{x - 6}Z", "#fdfefe")
        for wx in range(int(w // 30)):
            s.rect(x + 12 + wx * 28, y + 22, 13, 18, "#ffd98f", rx=2)
    s.rect(786, 690, 34, 140, "#9c5848")
    s.rect(780, 684, 46, 12, "#fdfefe", rx=3)
    s.path("M797 706h12v20h-12z", "#ffd98f")


def water_drop(s: Sheet) -> None:
    """A brass tap, one drop, and rings on the water below."""
    s.ground(s.linear((0, "#0b3a5b"), (0.55, "#1576a0"), (1, "#0a4a72")))
    s.circle(800, 430, 390, s.radial((0, "#b9ecf5", 0.95), (0.7, "#5cc0da", 0.6), (1, "#2a95be", 0.15), cy=0.4))
    s.circle(800, 430, 500, "none", stroke="#9fe3f2", stroke_width=2, opacity=0.25)
    s.circle(800, 430, 610, "none", stroke="#9fe3f2", stroke_width=2, opacity=0.14)
    s.ellipse(800, 860, 1100, 250, s.radial((0, "#7fd6e8"), (0.45, "#2b9cc2"), (1, "#0c5780")))
    for rx, o in ((90, 0.95), (190, 0.75), (310, 0.55), (450, 0.4), (610, 0.28), (790, 0.18)):
        s.ellipse(800, 846, rx, rx * 0.19, "none", stroke="#e9fbff", stroke_width=12 - rx / 85, opacity=o)
        s.ellipse(800, 854, rx, rx * 0.19, "none", stroke="#06395a", stroke_width=7 - rx / 130, opacity=o * 0.5)
    brass = s.linear((0, "#f9dc96"), (0.3, "#d99c44"), (0.6, "#8a5420"), (0.8, "#c98835"), (1, "#6b3c17"))
    side = s.linear((0, "#6b3c17"), (0.25, "#f9dc96"), (0.5, "#d99c44"), (0.85, "#8a5420"), (1, "#5a3113"), angle=0)
    s.rect(-20, 170, 560, 96, brass)
    s.rect(150, 150, 46, 136, brass, rx=8)
    s.path("M520 164H720Q880 164 880 330V392H756V336Q756 272 700 272H520Z", brass)
    s.path("M740 386H896V424Q896 440 880 440H756Q740 440 740 424Z", side)
    s.path("M540 176H716Q838 180 858 292", stroke="#fff3cf", stroke_width=9, stroke_linecap="round", opacity=0.6)
    s.rect(590, 92, 58, 90, side)
    s.rect(500, 52, 238, 46, brass, rx=23)
    s.circle(500, 75, 38, s.radial((0, "#ffe9b8"), (1, "#a3682a"), cx=0.4, cy=0.35))
    s.circle(738, 75, 38, s.radial((0, "#ffe9b8"), (1, "#a3682a"), cx=0.4, cy=0.35))
    water = s.linear((0, "#ffffff"), (0.4, "#bfeaf5"), (1, "#2c8fbb"))
    s.path("M818 520C838 570 884 612 884 662A66 66 0 0 1 752 662C752 612 798 570 818 520Z", water)
    s.path("M778 662A40 40 0 0 0 806 700", stroke="#fff", stroke_width=9, stroke_linecap="round")
    s.path("M800 440Q818 474 836 440Z", water)
    for x, y, r in ((700, 812, 11), (926, 806, 14), (650, 838, 7), (978, 842, 8), (880, 786, 7)):
        s.circle(x, y, r, water)


def night_train(s: Sheet) -> None:
    """A lit train on a viaduct under a full moon."""
    s.ground(s.linear((0, "#0d1438"), (0.5, "#2b2d6e"), (0.78, "#7a4b8c"), (1, "#c77b8d")))
    s.stars(170, 560)
    s.circle(1080, 270, 150, s.radial((0, "#fffbe8"), (1, "#f2dcae"), cx=0.4, cy=0.4))
    s.glow(1080, 270, 430, "#ffeec2", 0.5)
    for x, y, r in ((1040, 240, 26), (1120, 310, 34), (1100, 210, 14), (1030, 330, 18)):
        s.circle(x, y, r, "#dcc391", opacity=0.4)
    s.hills(600, 60, 6, "#3d3376")
    s.hills(680, 46, 7, "#2e2a66")
    s.rect(0, 850, 1600, 150, s.linear((0, "#5b4486"), (1, "#15163f")))
    streaks(s, 1080, 856, 990, (120, 240), "#ffeec2", 50)
    stone = s.linear((0, "#4d3b78"), (1, "#221d50"))
    d = "M-10 596H1610V640H1600V1010"
    spans = [(1600 - i * 200) for i in range(1, 9)]
    for x in spans:
        d += f"L{x + 178} 1010V790A78 92 0 0 0 {x + 22} 790V1010"
    s.path(d + "H-10Z", stone)
    for x in spans:
        s.path(f"M{x + 178} 790A78 92 0 0 0 {x + 22} 790", stroke="#7a63a6", stroke_width=7)
    s.rect(-10, 588, 1620, 18, "#6d5a9a")
    for x in range(0, 1600, 40):
        s.rect(x, 566, 5, 24, "#6d5a9a")
    s.rect(0, 562, 1600, 5, "#6d5a9a")
    body = s.linear((0, "#f4ead6"), (0.5, "#f4ead6"), (0.5, "#c23d4b"), (0.86, "#a52f45"), (1, "#4a1c3c"))
    for x in (80, 416, 752):
        s.rect(x, 452, 326, 118, body, rx=14)
        s.rect(x + 8, 446, 310, 14, "#8d86a8", rx=7)
        for i in range(6):
            s.rect(x + 22 + i * 49, 474, 36, 40, s.linear((0, "#ffe9a8"), (1, "#ffb955")), rx=6)
    s.path("M1088 452H1300Q1400 462 1446 570H1088Z", body)
    s.path("M1316 470Q1376 480 1404 524H1316Z", "#ffe2a0")
    for i in range(4):
        s.rect(1108 + i * 49, 474, 36, 40, s.linear((0, "#ffe9a8"), (1, "#ffb955")), rx=6)
    s.path("M1440 556L1610 520V626L1446 570Z", s.linear((0, "#fff1bd", 0.8), (1, "#fff1bd", 0), angle=0))
    s.glow(1438, 556, 60, "#fff6cf", 0.9)
    for x in range(110, 1420, 84):
        s.circle(x, 580, 13, "#171437")
    s.rect(0, 560, 80, 4, "#fff", opacity=0.4)
    for y, w in ((470, 60), (500, 74), (530, 48)):
        s.rect(0, y, w, 4, "#fff", rx=2, opacity=0.35)


def fishing_boats(s: Sheet) -> None:
    """Upright: fishing boats, small far off and large near by, at sunrise."""
    s.ground(s.linear((0, "#ffd9a8"), (0.22, "#ffb38a"), (0.34, "#f58f7c")))
    s.circle(500, 330, 130, "#fff0c9")
    s.glow(500, 330, 420, "#ffe6b0", 0.7)
    s.hills(402, 22, 6, "#c9798a")
    s.hills(432, 12, 8, "#a35f7d")
    s.rect(0, 450, 1000, 950, s.linear((0, "#f3a58c"), (0.14, "#58b3b4"), (0.5, "#1f8796"), (1, "#0c4a63")))
    streaks(s, 500, 456, 1390, (120, 330), "#fff0c4", 150)
    for _ in range(130):
        t = s.rng.random()
        y = 470 + 930 * t
        w = 20 + 90 * t * s.rng.random()
        s.rect(s.rng.uniform(-40, 1000), y, w, 2 + 3 * t, "#d8fbf2", rx=2, opacity=0.25)
    for x, y, k, colours in (
        (250, 560, 0.42, ("#e9dcc3", "#2e5e8c", "#d1495b")),
        (770, 600, 0.5, ("#f6c85f", "#345995", "#fff4e0")),
        (330, 800, 0.82, ("#d1495b", "#f7e7c6", "#23395d")),
        (620, 1080, 1.2, ("#2a6fb0", "#fbe3b5", "#e4572e")),
    ):
        boat(s, x, y, k, colours)
    birds(s, ((230, 180, 34), (310, 220, 22), (720, 150, 28), (800, 205, 18)), "#7b4a66")


def boat(s: Sheet, x: float, y: float, k: float, colours: tuple[str, str, str]) -> None:
    """A small fishing boat from the side, and its reflection."""
    hull, strip, trim = colours
    s.open(transform=f"translate({x:.0f} {y:.0f}) scale({k})")
    s.ellipse(0, 86, 290, 34, "#062f45", opacity=0.4)
    s.path("M-250 92Q-200 190 0 196Q200 190 250 92Z", hull, opacity=0.28)
    s.path("M-290 -72Q-180 0 0 0Q180 0 290 -60Q270 60 200 96H-210Q-268 50 -290 -72Z", hull)
    s.path("M-290 -72Q-180 0 0 0Q180 0 290 -60L284 -28Q180 32 0 32Q-180 32 -284 -40Z", strip)
    s.path("M-262 46Q-180 68 0 68Q150 68 248 44Q230 80 200 96H-210Q-244 80 -262 46Z", trim)
    s.path("M-210 96H200Q240 76 262 20Q180 70 0 74Q-160 74 -250 36Q-240 78 -210 96Z", "#000", opacity=0.14)
    s.rect(-44, -246, 13, 262, "#5b3a2e")
    s.path("M-31 -236Q80 -170 118 -60H-31Z", "#fff3dc", opacity=0.95)
    s.path("M-31 -236Q20 -150 20 -60H-31Z", "#e9cfa8", opacity=0.8)
    s.path("M-44 -240Q-130 -150 -220 -58", stroke="#5b3a2e", stroke_width=4)
    s.path("M104 6V-70H204V-4Q150 6 104 6Z", "#f8f1e2")
    s.rect(96, -82, 116, 15, trim, rx=4)
    s.rect(124, -54, 26, 28, "#2c5a70", rx=3)
    s.rect(162, -54, 26, 28, "#2c5a70", rx=3)
    s.circle(-238, 4, 17, "#fff6e3")
    s.circle(-236, 5, 8, "#1d2b3d")
    for bx in (-120, 40):
        s.circle(bx, 40, 20, "#f2e9d4")
        s.circle(bx, 40, 9, hull)
    s.close()


# ---------------------------------------------------------------- politics


def olive_branch(s: Sheet) -> None:
    """An olive branch across a golden disc."""
    s.ground(s.linear((0, "#f4ecd4"), (1, "#d9dfb9"), angle=60))
    s.circle(860, 470, 400, s.linear((0, "#f9d784"), (1, "#eeb35f")))
    s.circle(860, 470, 480, "none", stroke="#eeb35f", stroke_width=3, opacity=0.5)
    s.circle(860, 470, 545, "none", stroke="#eeb35f", stroke_width=2, opacity=0.3)
    s.hills(930, 26, 5, "#b9c48d", opacity=0.7)
    branch = [(140, 800), (380, 690), (640, 560), (900, 450), (1160, 350), (1420, 200)]
    for offset, opacity in ((26, 0.12),):
        s.path(smooth([(x, y + offset) for x, y in branch]), stroke="#4a4a1e", stroke_width=16, opacity=opacity)
    olive_leaves(s, branch)
    s.path(smooth(branch), stroke="#6b5132", stroke_width=15, stroke_linecap="round")
    s.path(smooth([(x, y - 4) for x, y in branch]), stroke="#9a7a4c", stroke_width=4, stroke_linecap="round")
    for x, y, k, tone in (
        (520, 740, 1.1, "#5d6b22"),
        (620, 700, 0.95, "#7b8a2d"),
        (820, 620, 1.2, "#3d2d46"),
        (930, 560, 1.0, "#6a7a27"),
        (1060, 520, 1.1, "#4f3a55"),
        (1200, 430, 0.9, "#7b8a2d"),
    ):
        s.path(f"M{x} {y - 60 * k}Q{x - 8} {y - 90} {x - 20} {y - 120 * k}", stroke="#7d6a3c", stroke_width=6)
        s.open(transform=f"rotate(16 {x} {y})")
        s.ellipse(x, y, 46 * k, 62 * k, s.radial((0, "#b8c25a"), (0.35, tone), (1, "#262a12"), cx=0.36, cy=0.3))
        s.ellipse(x - 15 * k, y - 24 * k, 9 * k, 16 * k, "#fffbe0", opacity=0.65)
        s.close()


def olive_leaves(s: Sheet, branch: Sequence[Point]) -> None:
    """Leaves along both sides of a branch."""
    tones = (("#5f7a3a", "#7f9a4e"), ("#4d6a35", "#708d47"), ("#89a06a", "#a9bc88"))
    for (ax, ay), (bx, by) in pairwise(branch):
        along = math.degrees(math.atan2(by - ay, bx - ax))
        for i, t in enumerate((0.1, 0.36, 0.62, 0.88)):
            x, y = ax + (bx - ax) * t, ay + (by - ay) * t
            for side in (-1, 1):
                dark, light = s.rng.choice(tones)
                angle = along + side * s.rng.uniform(34, 62) - (6 if i % 2 else 0)
                whole, half = leaf(x, y, s.rng.uniform(170, 250), s.rng.uniform(30, 42), angle)
                s.path(whole, "#3b4a1c", opacity=0.13, transform="translate(8 18)")
                s.path(whole, dark)
                s.path(half, light)
    whole, half = leaf(*branch[-1], 210, 36, -30)
    s.path(whole, "#5f7a3a")
    s.path(half, "#7f9a4e")


def raised_hands(s: Sheet) -> None:
    """A town hall with a clock tower, and hands raised with slips of paper before it."""
    s.ground(s.linear((0, "#f3b27a"), (0.5, "#f8d9a8"), (1, "#fbe9cb")))
    s.circle(800, 420, 360, "#fff3d6", opacity=0.55)
    s.circle(800, 420, 470, "none", stroke="#fff3d6", stroke_width=3, opacity=0.7)
    s.hills(640, 30, 7, "#dfa06b")
    for x in (150, 330, 1270, 1450):
        palm(s, x, 720, 1.0 if x in {150, 1450} else 0.78)
    wall = s.linear((0, "#2f6fa8"), (1, "#1f4a7c"))
    shade = s.linear((0, "#1f4a7c"), (1, "#163559"))
    s.rect(430, 420, 740, 330, wall)
    s.rect(410, 400, 780, 28, "#7db0d8", rx=4)
    for x in range(434, 1170, 42):
        s.path(f"M{x} 400V380Q{x + 14} 358 {x + 28} 380V400Z", "#7db0d8")
    s.rect(706, 160, 188, 590, shade)
    s.rect(694, 150, 212, 22, "#7db0d8", rx=4)
    s.path("M712 150Q716 70 800 40Q884 70 888 150Z", "#e2a94a")
    s.path("M800 40Q884 70 888 150H800Z", "#b97f2a")
    s.line([(800, 42), (800, 4)], "#e2a94a", 6)
    s.circle(800, 262, 62, "#e2a94a")
    s.circle(800, 262, 52, "#fff8e6")
    s.line([(800, 224), (800, 262), (826, 278)], "#163559", 7)
    for x in (480, 565, 650, 950, 1035, 1120):
        s.path(f"M{x - 24} 560V500A24 27 0 0 1 {x + 24} 500V560Z", "#ffd98f")
    for x in (480, 590, 1010, 1120):
        s.path(f"M{x - 40} 750V656A40 44 0 0 1 {x + 40} 656V750Z", "#163559")
    s.path("M744 750V610A56 60 0 0 1 856 610V750Z", "#0f2745")
    s.rect(0, 744, 1600, 260, s.linear((0, "#e9c08c"), (1, "#c98a56")))
    skins = ("#8d5a3b", "#c98b5f", "#e3b08a", "#6e4228", "#b57a50")
    sleeves = ("#c8423f", "#2a7f78", "#e2a336", "#4b3f86", "#d9673f", "#27598f", "#7b2f55", "#5f8a3a", "#b5533c")
    for i, (x, top, turn) in enumerate(
        (
            (90, 640, -8), (250, 560, 5), (420, 650, -4), (580, 590, 7), (760, 655, -6),
            (930, 575, 4), (1100, 645, -7), (1270, 570, 6), (1450, 640, -5),
        )
    ):  # fmt: skip
        hand(s, (x, top), turn, skins[i % 5], sleeves[i])


def hand(s: Sheet, at: Point, turn: float, skin: str, sleeve: str) -> None:
    """A raised hand that holds a slip of paper; `at` is the middle of its palm."""
    x, y = at
    s.open(transform=f"rotate({turn} {x} 1000)")
    s.open(transform=f"rotate({-turn * 1.6} {x} {y - 60})")
    s.rect(x - 58, y - 190, 116, 148, "#fffdf6", rx=4)
    s.rect(x - 58, y - 190, 40, 148, "#e8dcc4", rx=4)
    s.path(f"M{x - 4} {y - 118}l16 18l34 -44", stroke="#2a7f78", stroke_width=11, stroke_linecap="round")
    s.close()
    s.path(f"M{x - 36} {y + 30}H{x + 36}L{x + 44} {y + 200}H{x - 44}Z", skin)
    s.rect(x - 48, y - 56, 96, 104, skin, rx=34)
    for i in range(4):
        s.rect(x - 47 + i * 24, y - 84 + (6 if i in {0, 3} else 0), 21, 70, skin, rx=10)
        s.rect(x - 47 + i * 24, y - 84 + (6 if i in {0, 3} else 0), 21, 70, "#000", rx=10, opacity=0.05 * i)
    s.path(f"M{x - 44} {y + 20}Q{x - 78} {y - 10} {x - 58} {y - 40}Q{x - 42} {y - 44} {x - 34} {y - 20}Z", skin)
    cloth = f"M{x - 62} {y + 150}Q{x} {y + 172} {x + 62} {y + 150}L{x + 84} 1060H{x - 84}Z"
    s.path(cloth, sleeve)
    s.path(f"M{x + 8} {y + 166}Q{x + 40} {y + 162} {x + 62} {y + 150}L{x + 84} 1060H{x + 20}Z", "#000", opacity=0.14)
    s.path(
        f"M{x - 62} {y + 150}Q{x} {y + 172} {x + 62} {y + 150}V{y + 176}Q{x} {y + 198} {x - 64} {y + 176}Z", "#fff3dc"
    )
    s.close()


def palm(s: Sheet, x: float, y: float, k: float) -> None:
    """A date palm; (x, y) is its foot."""
    s.open(transform=f"translate({x} {y}) scale({k})")
    s.path("M-13 50Q12 -150 0 -290L16 -286Q34 -140 18 50Z", "#8a5a34")
    for angle in (-170, -150, -120, -90, -60, -30, -10, 12, 168):
        whole, half = leaf(8, -288, 150, 24, angle)
        s.path(whole, "#3f6f3a")
        s.path(half, "#5f944c")
    s.close()


# ---------------------------------------------------------------- economy


def solar_panels(s: Sheet) -> None:
    """Rows of solar panels on golden hills before a white village."""
    s.ground(s.linear((0, "#2f8fb3"), (0.3, "#9fd0cf"), (0.52, "#ffe3a3")))
    for r, o in ((430, 0.16), (320, 0.2), (235, 0.3)):
        s.circle(1090, 330, r, "#fff0b8", opacity=o)
    s.circle(1090, 330, 150, "#fff6d8")
    s.hills(470, 34, 6, "#d9a86c")
    s.hills(520, 30, 5, "#cf9450")
    white = s.linear((0, "#fffaf0"), (1, "#e2c9a8"), angle=0)
    for x, y, w, h in (
        (300, 452, 70, 62),
        (362, 430, 56, 84),
        (410, 462, 84, 54),
        (486, 440, 54, 76),
        (534, 464, 72, 54),
    ):
        s.rect(x, y, w, h, white)
        s.rect(x + w * 0.4, y + 18, 9, 15, "#7a5236", rx=4)
        s.rect(x + 10, y - 9, w - 20, 10, "#2f4f8a")
    s.path("M446 440a26 26 0 0 1 52 0z", "#3c6ea8")
    for x, y in ((250, 520), (625, 515), (660, 520), (215, 524)):
        s.ellipse(x, y - 26, 20, 34, "#5f7a3a")
    s.hills(560, 22, 5, s.linear((0, "#e3b25f"), (1, "#b97a35")))
    s.hills(640, 18, 4, s.linear((0, "#d99f4c"), (1, "#9a5f28")))
    for row, (y, k, n) in enumerate(((622, 0.52, 9), (706, 0.78, 7), (838, 1.16, 5))):
        step = 1700 / n
        for i in range(-1, n + 1):
            panel(s, 60 + i * step + row * 40, y, k * 1.08)
        for _ in range(60):
            gx = s.rng.uniform(0, 1600)
            s.path(
                f"M{gx:.0f} {y + 96 * k:.0f}q4 -22 {s.rng.uniform(-8, 12):.0f} -34", stroke="#f3d48a", stroke_width=3
            )
    s.hills(985, 10, 6, "#8a5322")


def panel(s: Sheet, x: float, y: float, k: float) -> None:
    """One panel on its stand."""
    s.open(transform=f"translate({x:.0f} {y:.0f}) scale({k})")
    s.ellipse(80, 106, 140, 15, "#5f3714", opacity=0.4)
    s.rect(20, 60, 8, 44, "#56463c")
    s.rect(150, 60, 8, 44, "#56463c")
    cells = s.linear((0, "#7fb7e6"), (0.35, "#2b5d9c"), (1, "#12284f"), angle=55)
    s.poly([(30, -62), (250, -62), (196, 76), (-46, 76)], "#e7edf2")
    s.poly([(34, -56), (241, -56), (191, 70), (-37, 70)], cells)
    for t in (1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6):
        s.line([(34 + 207 * t, -56), (-37 + 228 * t, 70)], "#b8d4ee", 2, opacity=0.7)
    for t in (1 / 3, 2 / 3):
        s.line([(34 - 71 * t, -56 + 126 * t), (241 - 50 * t, -56 + 126 * t)], "#b8d4ee", 2, opacity=0.7)
    s.poly([(110, -56), (160, -56), (60, 70), (10, 70)], "#fff", opacity=0.13)
    s.close()


def market_stalls(s: Sheet) -> None:
    """Three stalls under striped awnings, lanterns above."""
    s.ground(s.linear((0, "#f6c98b"), (1, "#e38f5a")))
    for x in (60, 460, 860, 1260):
        s.path(f"M{x} 760V330A140 150 0 0 1 {x + 280} 330V760Z", s.linear((0, "#b2543f"), (1, "#7a3040")))
        s.path(f"M{x + 22} 760V332A118 128 0 0 1 {x + 258} 332V760Z", s.linear((0, "#5a2340"), (1, "#8a3d44")))
        for i in range(9):
            angle = math.pi * i / 8
            cx, cy = x + 140 - 129 * math.cos(angle), 331 - 139 * math.sin(angle)
            s.circle(cx, cy, 9, "#ffd79a", opacity=0.8)
    for i, x in enumerate((200, 400, 600, 800, 1000, 1200, 1400)):
        drop = 120 + 40 * math.sin(i * 1.9)
        s.line([(x, 0), (x, drop)], "#5a2a2a", 3)
        lantern(s, x, drop, ("#ffd166", "#ef6f6c", "#5bc0be")[i % 3])
    for i, (x, stripes) in enumerate(
        ((40, ("#1f7a7a", "#fdf0d5")), (560, ("#c8423f", "#fdf0d5")), (1080, ("#2c4a7c", "#fdf0d5")))
    ):
        stall(s, x, stripes, i)
    s.rect(0, 960, 1600, 40, "#6e2f33")


def lantern(s: Sheet, x: float, y: float, glass: str) -> None:
    """A hanging lantern; (x, y) is where its chain ends."""
    s.glow(x, y + 46, 130, glass, 0.75)
    s.path(f"M{x - 15} {y + 10}H{x + 15}L{x + 30} {y + 44}L{x + 15} {y + 84}H{x - 15}L{x - 30} {y + 44}Z", glass)
    s.path(f"M{x} {y + 10}L{x + 10} {y + 46}L{x} {y + 84}L{x - 10} {y + 46}Z", "#fff7dc", opacity=0.75)
    s.path(f"M{x - 17} {y + 10}Q{x} {y - 16} {x + 17} {y + 10}Z", "#5a2a2a")
    s.rect(x - 12, y + 84, 24, 7, "#5a2a2a", rx=3)


def stall(s: Sheet, x: float, stripes: tuple[str, str], kind: int) -> None:
    """One stall; `kind` is the kind of goods."""
    s.rect(x + 20, 470, 14, 500, "#6b3a2a")
    s.rect(x + 446, 470, 14, 500, "#6b3a2a")
    s.rect(x + 10, 700, 460, 280, s.linear((0, "#a9623b"), (1, "#74382c")))
    for y in (700, 792, 884):
        s.rect(x + 10, y, 460, 6, "#5a2a24", opacity=0.5)
    for i in range(8):
        a, b = x + i * 60, x + (i + 1) * 60
        tone = stripes[i % 2]
        s.path(f"M{a + 26 - i * 6.5} 400H{b + 26 - (i + 1) * 6.5}L{b} 500V520A30 30 0 0 1 {a} 520V500Z", tone)
    s.path(f"M{x + 26} 400H{x + 454}L{x + 480} 500H{x}Z", s.linear((0, "#fff", 0.25), (1, "#000", 0.12)))
    s.rect(x + 34, 536, 412, 30, "#000", opacity=0.14)
    colours = (
        ("#e4572e", "#f3a712", "#7cb518", "#b23a48"),
        ("#d97706", "#b91c1c", "#eab308", "#7c2d12"),
        ("#6a994e", "#bc4749", "#f2e8cf", "#8d5aa5"),
    )[kind]
    for i in range(4):
        cx = x + 72 + i * 112
        if kind == 1:
            s.path(f"M{cx - 56} 700Q{cx - 10} 600 {cx} 582Q{cx + 10} 600 {cx + 56} 700Z", colours[i])
            s.path(f"M{cx} 582Q{cx + 10} 600 {cx + 56} 700H{cx + 12}Z", "#000", opacity=0.15)
        else:
            for row, count in ((0, 4), (1, 3), (2, 2)):
                for j in range(count):
                    fx = cx - (count - 1) * 15 + j * 30
                    fill = s.radial((0, "#fff3d0"), (0.3, colours[i]), (1, colours[i]), cx=0.35, cy=0.3)
                    s.circle(fx, 684 - row * 25, 17, fill)
        s.path(f"M{cx - 60} 696H{cx + 60}L{cx + 50} 752H{cx - 50}Z", "#e0b071")
        s.path(f"M{cx - 60} 696H{cx + 60}L{cx + 57} 712H{cx - 57}Z", "#f3cd93")


# ---------------------------------------------------------------- art


def oud(s: Sheet) -> None:
    """An oud before a golden disc, waves and notes rising from its strings."""
    s.ground(s.linear((0, "#10343b"), (0.6, "#1c5a57"), (1, "#0d2b33"), angle=50))
    s.circle(620, 560, 420, "#e8a24a", opacity=0.9)
    s.circle(620, 560, 500, "none", stroke="#e8a24a", stroke_width=3, opacity=0.5)
    s.circle(620, 560, 575, "none", stroke="#e8a24a", stroke_width=2, opacity=0.3)
    for i in range(5):
        base = 150 + i * 40
        points = [(700 + t * 110, base + 90 * math.sin(t * 0.9 + i * 0.35) * (0.35 + t / 11)) for t in range(9)]
        s.path(smooth(points), stroke="#f6d58f", stroke_width=4, opacity=0.35 + 0.1 * i, stroke_linecap="round")
        for t in (2, 4, 5, 7):
            x, y = points[t]
            s.circle(x, y - 3, 6 + 3 * ((t + i) % 3), ("#ff8a5b", "#fff1c9", "#7fd1c3")[(t + i) % 3])
    s.open(transform="translate(600 620) rotate(40) scale(0.86)")
    s.path(
        "M0 -330C150 -330 232 -120 232 40C232 200 128 300 0 300C-128 300 -232 200 -232 40C-232 -120 -150 -330 0 -330Z",
        "#000",
        opacity=0.3,
        transform="translate(26 22)",
    )
    s.path(
        "M0 -346C166 -340 248 -120 248 40C248 214 138 316 0 316C-138 316 -248 214 -248 40C-248 -120 -166 -340 0 -346Z",
        "#5b2c17",
    )
    face = s.linear((0, "#f0c27c"), (0.5, "#dd9f54"), (1, "#b8732f"), angle=20)
    s.path(
        "M0 -330C150 -330 230 -120 230 40C230 200 128 298 0 298C-128 298 -230 200 -230 40C-230 -120 -150 -330 0 -330Z",
        face,
    )
    for x in (-160, -96, -32, 32, 96, 160):
        s.path(
            f"M{x} {-60 - (160 - abs(x))}Q{x * 1.06} 60 {x * 0.86} {262 - abs(x) * 0.35}",
            stroke="#8a4f1f",
            stroke_width=2,
            opacity=0.35,
        )
    for x, y, r in ((0, -96, 84), (-112, 60, 42), (112, 60, 42)):
        rosette(s, x, y, r)
    s.path("M-120 196H120Q132 196 132 208V218H-132V208Q-132 196 -120 196Z", "#3d1c10")
    s.path("M-34 -330H34L24 -640H-24Z", s.linear((0, "#3d1c10"), (0.5, "#6b351b"), (1, "#2a130a"), angle=0))
    s.path("M-36 -200Q-40 -300 -34 -340H34Q40 -300 36 -200Q0 -176 -36 -200Z", "#3d1c10")
    s.rect(-27, -652, 54, 14, "#f4e3bd", rx=3)
    s.path("M-26 -652H26L60 -830Q62 -846 46 -844L26 -838Z", "#4a2413")
    for i in range(5):
        x, y = 8 + i * 9, -680 - i * 32
        s.line([(x - 46, y + 8), (x + 62, y - 10)], "#2a130a", 9)
        s.circle(x - 48, y + 8, 9, "#e9d2a0")
        s.circle(x + 64, y - 10, 9, "#e9d2a0")
    for i in range(11):
        x = -20 + i * 4
        s.line([(x, -646), (x * 4.4, 200)], "#fff3d6", 1.8, opacity=0.85)
    s.close()


def rosette(s: Sheet, x: float, y: float, r: float) -> None:
    """A pierced sound hole: a star of eight in a ring."""
    s.circle(x, y, r, "#3d1c10")
    s.circle(x, y, r * 0.9, "#e9c37f")
    s.circle(x, y, r * 0.8, "#2a130a")
    for k in range(2):
        corners = [
            (x + r * 0.76 * math.cos(math.radians(a + 45 * k)), y + r * 0.76 * math.sin(math.radians(a + 45 * k)))
            for a in (0, 90, 180, 270)
        ]
        s.path(straight(corners) + "Z", stroke="#e9c37f", stroke_width=r * 0.07)
    s.circle(x, y, r * 0.42, "none", stroke="#e9c37f", stroke_width=r * 0.06)
    for a in range(0, 360, 45):
        dx, dy = math.cos(math.radians(a)), math.sin(math.radians(a))
        s.line([(x + r * 0.42 * dx, y + r * 0.42 * dy), (x + r * 0.78 * dx, y + r * 0.78 * dy)], "#e9c37f", r * 0.05)
    s.circle(x, y, r * 0.14, "#e9c37f")


def theatre(s: Sheet) -> None:
    """A chair and a hat in the light, between red curtains."""
    s.ground(s.linear((0, "#1a0a1c"), (1, "#38121f")))
    s.rect(250, 60, 1100, 720, s.linear((0, "#231432"), (1, "#54264a")))
    for x in (430, 800, 1170):
        beam = s.linear((0, "#fff1c2", 0.5), (1, "#fff1c2", 0.06))
        s.poly([(x - 16, 60), (x + 16, 60), (1000, 850), (600, 850)], beam)
    s.path("M-10 770H1610V1010H-10Z", s.linear((0, "#b4683c"), (1, "#5d2a24")))
    for x in range(-900, 2600, 90):
        s.line([(800 + (x - 800) * 0.55, 770), (x, 1010)], "#4a1f1c", 3, opacity=0.5)
    s.ellipse(800, 850, 380, 66, s.radial((0, "#fff3c9", 0.95), (0.7, "#ffdf9c", 0.65), (1, "#ffd98a", 0)))
    chair(s)
    for side in (1, -1):
        curtain(s, side)
    valance = s.linear((0, "#6f0f20"), (1, "#b81f33"))
    s.rect(0, 0, 1600, 78, valance)
    for i in range(8):
        x = i * 200
        s.path(
            f"M{x} 70H{x + 200}Q{x + 190} 190 {x + 100} 196Q{x + 10} 190 {x} 70Z",
            s.linear((0, "#7d1224"), (0.5, "#d22c40"), (1, "#6f0f20"), angle=20),
        )
        s.path(f"M{x + 8} 150Q{x + 40} 196 {x + 100} 196Q{x + 160} 196 {x + 192} 150", stroke="#f0c067", stroke_width=9)
        s.circle(x + 200, 84, 15, "#f0c067")
    for i in range(15):
        s.path(f"M{i * 114 - 20} 1000a52 60 0 0 1 104 0z", "#14060f")
        s.circle(i * 114 + 32, 936, 25, "#14060f")


def curtain(s: Sheet, side: int) -> None:
    """One half of the curtain in deep folds, drawn back at its middle."""
    folds = 7
    for i in range(folds):
        a, b = i / folds, (i + 1) / folds

        def edge(t: float) -> tuple[float, float, float]:
            wide, tied, low = 520 * t, 235 * t, 400 * t
            return (
                wide if side > 0 else 1600 - wide,
                tied if side > 0 else 1600 - tied,
                low if side > 0 else 1600 - low,
            )

        (x0, m0, l0), (x1, m1, l1) = edge(a), edge(b)
        fill = s.linear((0, "#6a0d1f"), (0.45, "#d3293f"), (0.6, "#e2495a"), (1, "#5a0a1a"), angle=0)
        d = f"M{x0:.0f} 60C{x0:.0f} 330 {m0:.0f} 420 {m0:.0f} 560C{m0:.0f} 700 {l0:.0f} 760 {l0:.0f} 905"
        d += f"L{l1:.0f} 905C{l1:.0f} 760 {m1:.0f} 700 {m1:.0f} 560C{m1:.0f} 420 {x1:.0f} 330 {x1:.0f} 60Z"
        s.path(d, fill)
    x = 0 if side > 0 else 1600 - 250
    s.path(f"M{x} 540Q{x + 125} 590 {x + 250} 540V574Q{x + 125} 626 {x} 574Z", "#f0c067")
    tassel = 238 if side > 0 else 1362
    s.circle(tassel, 566, 17, "#f6d48a")
    s.path(f"M{tassel - 13} 580H{tassel + 13}L{tassel + 22} 668H{tassel - 22}Z", "#d9a048")


def chair(s: Sheet) -> None:
    """A wooden chair with a hat on its seat."""
    wood, dark = "#3a1a1c", "#220d12"
    s.ellipse(800, 872, 120, 17, "#3a1414", opacity=0.55)
    for x, y in ((748, 868), (852, 868)):
        s.line([(x, 700), (x + (x - 800) * 0.16, y)], wood, 13)
    for x in (764, 836):
        s.line([(x, 690), (x, 842)], dark, 11)
    s.path("M738 690H862L872 718H728Z", "#8f2a33")
    s.line([(752, 692), (744, 520)], wood, 13)
    s.line([(848, 692), (856, 520)], wood, 13)
    s.path("M738 520Q800 486 862 520V560Q800 532 738 560Z", wood)
    s.line([(748, 620), (852, 620)], wood, 11)
    s.open(transform="translate(842 676) rotate(-14)")
    s.ellipse(0, 0, 78, 15, "#191021")
    s.path("M-42 -4V-56Q0 -72 42 -56V-4Z", "#2a1a35")
    s.rect(-42, -20, 84, 14, "#f0c067")
    s.close()


def library(s: Sheet) -> None:
    """Shelves to the ceiling, an arched window at sunset, a desk with a lamp."""
    s.ground(s.linear((0, "#2a1d2b"), (1, "#4a2c2a")))
    books = (
        "#a63d40",
        "#e9b872",
        "#90a959",
        "#6494aa",
        "#d8d4c5",
        "#7d5ba6",
        "#c8553d",
        "#2d6a6a",
        "#f2d0a4",
        "#3d405b",
    )
    for x0, x1 in ((0, 520), (1080, 1600)):
        s.rect(x0, 0, x1 - x0, 1000, "#5b3320")
        for shelf in range(6):
            y = 168 + shelf * 158
            s.rect(x0 + 14, y - 144, x1 - x0 - 28, 144, "#2b1713")
            row_of_books(s, (x0 + 20, x1 - 20), y, books)
            s.rect(x0, y, x1 - x0, 14, s.linear((0, "#a8683a"), (1, "#6b3d22")))
    s.rect(520, 0, 560, 1000, s.linear((0, "#6d4536"), (1, "#4b2a25")))
    window = "M600 700V340A200 210 0 0 1 1000 340V700Z"
    s.path("M576 724V340A224 236 0 0 1 1024 340V724Z", "#3a201b")
    s.path(window, s.linear((0, "#f7c873"), (0.6, "#ffe8b8"), (1, "#ffd08c")))
    s.open(clip_path=s.clip(window))
    s.circle(860, 420, 90, "#fff8e0")
    s.hills(560, 24, 9, "#e39a5e", opacity=0.9)
    s.hills(630, 16, 11, "#b5654a", opacity=0.95)
    for x, y, w in ((640, 600, 40), (686, 570, 34), (900, 590, 44), (950, 560, 30)):
        s.rect(x, y, w, 140, "#7e3f3c")
    s.close()
    for x in (700, 800, 900):
        s.rect(x - 4, 130, 8, 580, "#3a201b")
    for y in (340, 520):
        s.rect(590, y, 420, 8, "#3a201b")
    light = s.linear((0, "#ffdf9a", 0.5), (1, "#ffdf9a", 0))
    s.poly([(600, 700), (1000, 700), (1330, 1000), (420, 1000)], light)
    s.rect(560, 716, 480, 22, "#8d5534", rx=4)
    s.path("M470 870H1130V898H470Z", "#8d5534")
    s.path("M470 870H1130L1108 850H492Z", "#b9774a")
    for x in (520, 1066):
        s.rect(x, 896, 18, 110, "#5b3320")
    lamp(s)
    s.path("M700 850Q760 824 800 846Q840 824 900 850V862Q840 838 800 860Q760 838 700 862Z", "#fff7e4")
    s.path("M800 846V860", stroke="#c9a77a", stroke_width=3)
    for i, (w, tone) in enumerate(((120, "#2d6a6a"), (100, "#c8553d"), (112, "#e9b872"))):
        s.rect(552 + (i % 2) * 8, 826 - i * 24, w, 24, tone, rx=3)
        s.rect(556 + (i % 2) * 8, 831 - i * 24, 8, 14, "#fff", opacity=0.4)
    ladder(s)


def row_of_books(s: Sheet, span: tuple[float, float], y: float, books: Sequence[str]) -> None:
    """Books of many sizes on one shelf, from left to right within `span`."""
    x, end = span
    while x < end - 16:
        w = min(s.rng.choice((16, 20, 24, 30, 36)), end - x)
        h = s.rng.uniform(86, 134)
        if s.rng.random() < 0.07:
            x += w
            continue
        tone = s.rng.choice(books)
        s.rect(x, y - h, w - 2, h, tone, rx=2)
        s.rect(x, y - h, (w - 2) * 0.3, h, "#fff", opacity=0.12)
        if s.rng.random() < 0.6:
            s.rect(x, y - h * 0.82, w - 2, 5, "#fff1cf", opacity=0.7)
            s.rect(x, y - h * 0.22, w - 2, 5, "#fff1cf", opacity=0.7)
        x += w


def lamp(s: Sheet) -> None:
    """A desk lamp and its light."""
    s.glow(1000, 800, 210, "#ffe3a0", 0.75)
    s.rect(993, 742, 10, 108, "#d9a048")
    s.ellipse(998, 850, 46, 10, "#d9a048")
    s.path("M930 760Q940 706 998 706Q1056 706 1066 760Z", "#2f7d6b")
    s.path("M930 760Q998 774 1066 760L1060 768Q998 780 936 768Z", "#ffeec2")


def ladder(s: Sheet) -> None:
    """A ladder leaning on the shelves."""
    for x in (0, 74):
        s.line([(330 + x, 60), (420 + x, 1000)], "#d59a5b", 13)
    for i in range(11):
        y = 110 + i * 84
        at = 330 + (y - 60) * 90 / 940
        s.line([(at, y), (at + 74, y)], "#b9774a", 10)


def zellige(s: Sheet) -> None:
    """A square: glazed tiles of eight-pointed stars, and a blue jar before them."""
    s.ground("#f2e7d2")
    tones = ("#1c5d8c", "#2f8f83", "#123c5e", "#d6953f")
    step = 200
    for row in range(-1, 7):
        for column in range(-1, 7):
            x, y = column * step + 100, row * step + 100
            tone = tones[(row + column * 3) % 4]
            for k in (0, 45):
                corners = square(x, y, 94, k)
                s.poly(corners, tone)
            for k in (0, 45):
                corners = square(x, y, 62, k)
                s.path(straight(corners) + "Z", stroke="#f2e7d2", stroke_width=5)
            s.circle(x, y, 20, "#f2e7d2")
            s.circle(x, y, 11, tone)
            s.poly(
                [(x + 100, y + 54), (x + 146, y + 100), (x + 100, y + 146), (x + 54, y + 100)],
                "#b5483a" if (row + column) % 2 else "#2a2f4a",
            )
            for a in (0, 90, 180, 270):
                dx, dy = math.cos(math.radians(a)), math.sin(math.radians(a))
                s.circle(x + 100 + 78 * dx, y + 100 + 78 * dy, 9, "#d6953f")
    s.ground(s.linear((0, "#fff", 0.14), (0.5, "#fff", 0), (1, "#1a1024", 0.42), angle=60))
    s.rect(0, 1010, 1200, 190, s.linear((0, "#b5673f"), (1, "#6f3526")))
    s.rect(0, 1010, 1200, 12, "#dd9566")
    s.ellipse(640, 1096, 330, 40, "#2a1010", opacity=0.5)
    jar = "M500 300H700L690 372Q700 420 790 500Q886 590 886 740Q886 950 720 1090"
    jar += "H480Q314 950 314 740Q314 590 410 500Q500 420 510 372Z"
    s.path(jar, s.linear((0, "#16476f"), (0.28, "#4e9cc9"), (0.45, "#2b76ab"), (1, "#0b2744"), angle=0))
    s.open(clip_path=s.clip(jar))
    for y, h in ((520, 16), (560, 8), (880, 8), (910, 18)):
        s.path(f"M300 {y}Q600 {y + 60} 900 {y}V{y + h}Q600 {y + 60 + h} 300 {y + h}Z", "#f4ead6")
    for i in range(5):
        at, low = 360 + i * 120, 742 + 36 * math.sin(math.pi * i / 4)
        for k in (0, 45):
            s.poly(square(at, low, 56, k), "#f4ead6")
        s.circle(at, low, 22, "#d6953f")
    s.path("M420 520Q350 640 372 860", stroke="#fff", stroke_width=26, opacity=0.35, stroke_linecap="round")
    s.path(jar, s.linear((0, "#000", 0), (0.6, "#000", 0), (1, "#04101f", 0.5), angle=0))
    s.close()
    s.ellipse(600, 300, 118, 26, "#7fbcdc")
    s.ellipse(600, 302, 88, 17, "#08213a")


def light_caravan(s: Sheet) -> None:
    """Camels with lanterns on a dune, crescent and stars above."""
    s.ground(s.linear((0, "#0b1038"), (0.45, "#2a2466"), (0.72, "#7b3f7e"), (0.9, "#e08a6b")))
    s.stars(240, 520)
    for x, y, r in ((310, 150, 4), (520, 90, 3.6), (980, 130, 4.4), (1430, 260, 3.8), (760, 210, 3.4)):
        s.glow(x, y, r * 9, "#fff4cf", 0.6)
        s.circle(x, y, r, "#fffbe9")
    moon = "M1210 120A120 120 0 1 0 1330 300A96 96 0 1 1 1210 120Z"
    s.path(moon, "#fff0c2")
    s.hills(600, 34, 4, s.linear((0, "#8f4a78"), (1, "#5a2c66")))
    s.path(
        "M-20 720C260 640 460 610 760 650C1060 690 1320 640 1620 560V1010H-20Z",
        s.linear((0, "#d98557"), (0.35, "#9a4c5c"), (1, "#3a1d4f")),
    )
    s.path("M760 650C1060 690 1320 640 1620 560V1010H900C1100 880 980 740 760 650Z", "#2a1646", opacity=0.45)
    for i in range(6):
        camel(s, 330 + i * 168, 652 - 14 * math.sin(i * 0.7) + (14 if i > 2 else 0), 0.92)
    s.path(
        "M-20 830C240 770 520 790 800 850C1080 910 1340 860 1620 780V1010H-20Z",
        s.linear((0, "#6a3263"), (1, "#1c0f38")),
    )
    s.path("M-20 830C240 770 520 790 800 850C640 860 400 900 300 1010H-20Z", "#a2526a", opacity=0.5)
    for _ in range(46):
        at = s.rng.uniform(20, 1580)
        low = 880 + 60 * math.sin(at / 240) + s.rng.uniform(0, 60)
        s.glow(at, low, s.rng.uniform(16, 34), "#ffc76b", 0.8)
        s.circle(at, low, s.rng.uniform(3, 6), "#fff3c8")


def camel(s: Sheet, x: float, y: float, k: float) -> None:
    """A camel walking to the left with a lantern on its saddle; (x, y) is between its feet."""
    tone = "#1b0d33"
    s.open(transform=f"translate({x:.0f} {y:.0f}) scale({k})")
    s.ellipse(0, 4, 70, 7, tone, opacity=0.4)
    for a, b, c in ((-34, -44, -52), (-24, -22, -14), (30, 26, 38), (42, 50, 44)):
        s.line([(a, -56), (b, -30), (c, 2)], tone, 8)
    s.path(
        "M-48 -66C-60 -64 -66 -74 -74 -92C-80 -106 -84 -112 -94 -110L-112 -104Q-120 -104 -118 -112L-96 -126"
        "Q-84 -132 -76 -122C-66 -108 -60 -96 -50 -98C-40 -102 -28 -106 -18 -124Q-4 -142 10 -122C18 -108 30 -104 44 -98"
        "Q56 -92 58 -76Q62 -66 66 -40L60 -42Q56 -58 50 -60C40 -44 -30 -44 -48 -66Z",
        tone,
    )
    s.path("M-30 -108Q-4 -146 22 -112L30 -76Q-2 -66 -36 -80Z", "#a8324a")
    s.path("M-34 -88Q-2 -76 29 -84L30 -76Q-2 -66 -36 -80Z", "#f0b756")
    s.line([(-4, -134), (-4, -160), (-26, -166)], tone, 4)
    s.glow(-26, -148, 74, "#ffcf73", 0.95)
    s.path("M-33 -158H-19L-14 -146L-19 -134H-33L-38 -146Z", "#ffe9ac")
    s.close()


# ---------------------------------------------------------------- stars


def microphone(s: Sheet) -> None:
    """A stage microphone of the old kind among lights."""
    s.ground(s.linear((0, "#2b0f4d"), (0.5, "#6a1e74"), (1, "#230a3d"), angle=60))
    for _ in range(40):
        x, y, r = s.rng.uniform(0, 1600), s.rng.uniform(0, 1000), s.rng.uniform(14, 90)
        s.circle(x, y, r, s.rng.choice(("#ff8fab", "#ffc971", "#b388eb", "#7bdff2")), opacity=s.rng.uniform(0.06, 0.24))
    s.glow(800, 430, 620, "#ff9e80", 0.75)
    s.circle(800, 430, 350, "none", stroke="#ffd3a6", stroke_width=3, opacity=0.5)
    s.circle(800, 430, 430, "none", stroke="#ffd3a6", stroke_width=2, opacity=0.3)
    for i in range(40):
        angle = math.radians(i * 9)
        far = 470 + 30 * (i % 2) + 46 * abs(math.sin(i * 1.7))
        a = (800 + 450 * math.cos(angle), 430 + 450 * math.sin(angle))
        s.line([a, (800 + far * math.cos(angle), 430 + far * math.sin(angle))], "#ffd3a6", 6, opacity=0.55)
    metal = s.linear(
        (0, "#3c3550"),
        (0.2, "#f7ecff"),
        (0.42, "#a79bbd"),
        (0.62, "#5b5272"),
        (0.85, "#d9cdea"),
        (1, "#2a2440"),
        angle=0,
    )
    s.rect(786, 690, 28, 330, metal)
    s.path("M640 640Q640 742 760 752H840Q960 742 960 640H932Q930 716 830 724H770Q670 716 668 640Z", metal)
    body = "M650 300Q650 140 800 140Q950 140 950 300V520Q950 690 800 690Q650 690 650 520Z"
    s.path(body, "#000", opacity=0.3, transform="translate(22 26)")
    s.path(body, metal)
    s.open(clip_path=s.clip(body))
    for i in range(7):
        x = 672 + i * 40
        s.rect(x, 190, 17, 190, "#1d1730", rx=8)
        s.rect(x, 450, 17, 190, "#1d1730", rx=8)
        s.rect(x + 3, 196, 4, 178, "#ff9e80", rx=2, opacity=0.5)
        s.rect(x + 3, 456, 4, 178, "#ff9e80", rx=2, opacity=0.4)
    s.path(body, s.linear((0, "#fff", 0.3), (0.2, "#fff", 0), (0.75, "#000", 0), (1, "#12051f", 0.55), angle=0))
    s.close()
    s.rect(630, 384, 340, 60, metal, rx=12)
    s.rect(630, 384, 340, 60, "#e8574f", rx=12, opacity=0.6)
    s.rect(640, 391, 320, 6, "#fff", rx=3, opacity=0.6)
    s.circle(800, 414, 19, "#ffe2a8")
    s.rect(740, 682, 120, 30, metal, rx=8)


def cinema(s: Sheet) -> None:
    """An old projector that throws its light over empty seats."""
    s.ground(s.linear((0, "#0d1a2b"), (1, "#1f2f45")))
    s.path("M1040 60H1560V560H1040Z", "#0a1422")
    s.path("M1060 80H1540V540H1060Z", s.linear((0, "#fff4d2"), (1, "#f6cf8d"), angle=30))
    s.open(clip_path=s.clip("M1060 80H1540V540H1060Z"))
    s.circle(1330, 330, 130, "#f0a35e", opacity=0.85)
    s.hills(430, 30, 9, "#b5654a", opacity=0.8)
    s.hills(480, 20, 11, "#6e3b45", opacity=0.9)
    s.close()
    s.poly(
        [(590, 452), (1060, 80), (1540, 80), (1540, 540), (1060, 540)],
        s.linear((0, "#ffe9b0", 0.75), (1, "#ffe9b0", 0.06), angle=0),
    )
    for _ in range(70):
        t = s.rng.random()
        s.circle(
            600 + 460 * t, 452 - 140 * t + s.rng.uniform(-200, 200) * t, s.rng.uniform(1, 3.4), "#fff7df", opacity=0.7
        )
    for row, (y, tone) in enumerate(((690, "#5e1f33"), (790, "#7a2538"), (910, "#9a2f40"))):
        wide = 150 + row * 26
        for i in range(-1, 10):
            x = 380 + i * (wide + 14) - row * 70
            s.path(
                f"M{x} 1010V{y + 40}Q{x} {y} {x + 40} {y}H{x + wide - 40}Q{x + wide} {y} {x + wide} {y + 40}V1010Z",
                tone,
            )
            s.path(
                f"M{x + 16} 1010V{y + 46}Q{x + 16} {y + 16} {x + 46} {y + 16}H{x + wide - 46}",
                stroke="#fff",
                stroke_width=4,
                opacity=0.12,
            )
    metal = s.linear((0, "#5f7488"), (0.3, "#dfe9ef"), (0.6, "#8296a6"), (1, "#2b3a4a"))
    s.line([(330, 640), (210, 1010)], "#2b3a4a", 24)
    s.line([(380, 640), (500, 1010)], "#2b3a4a", 24)
    s.line([(355, 640), (355, 1010)], "#1d2a38", 22)
    s.rect(190, 380, 300, 260, metal, rx=26)
    s.rect(190, 380, 300, 260, "#c8643f", rx=26, opacity=0.72)
    s.rect(210, 560, 260, 8, "#fff", rx=4, opacity=0.4)
    s.rect(484, 410, 74, 84, metal, rx=10)
    s.rect(552, 398, 40, 108, metal, rx=8)
    s.glow(596, 452, 120, "#fff4cf", 0.95)
    for x, y, radius in ((230, 210, 150), (470, 250, 116)):
        reel(s, x, y, radius)
    s.circle(300, 490, 44, "#22303e")
    s.circle(300, 490, 27, "#e2a94a")


def reel(s: Sheet, x: float, y: float, r: float) -> None:
    """A film reel."""
    s.circle(x, y, r, "#22303e")
    s.circle(x, y, r * 0.94, "none", stroke="#dfe9ef", stroke_width=r * 0.07)
    for turn in range(0, 360, 60):
        hole_x, hole_y = x + r * 0.56 * math.cos(math.radians(turn)), y + r * 0.56 * math.sin(math.radians(turn))
        s.circle(hole_x, hole_y, r * 0.23, "#8fa3b3")
        s.circle(hole_x, hole_y, r * 0.17, "#101d2c")
    s.circle(x, y, r * 0.2, "#e2a94a")
    s.circle(x, y, r * 0.08, "#22303e")


# ---------------------------------------------------------------- sport


def stadium_night(s: Sheet) -> None:
    """A full stadium under floodlights, the ball on its spot."""
    s.ground(s.linear((0, "#071029"), (0.5, "#16336b"), (0.62, "#2c5aa0")))
    s.stars(90, 260)
    for x in (150, 1450):
        s.line([(x, 640), (x + (800 - x) * 0.03, 190)], "#0b1533", 16)
        s.poly([(x - 90, 90), (x + 90, 90), (x + 76, 210), (x - 76, 210)], "#0b1533")
        s.glow(x, 150, 330, "#dff0ff", 0.8)
        for row in range(3):
            for column in range(5):
                s.circle(x - 60 + column * 30, 116 + row * 34, 11, "#fffef2")
        lean = 1 if x < 800 else -1
        s.poly(
            [(x, 150), (x + lean * 420, 1000), (x + lean * 1050, 760)], s.linear((0, "#e8f4ff", 0.3), (1, "#e8f4ff", 0))
        )
    s.path("M-10 470Q800 250 1610 470V700H-10Z", s.linear((0, "#1d2b57"), (1, "#2b1f4b")))
    crowd = ("#ffd166", "#ef476f", "#f2f2f2", "#5bc0eb", "#c9cbe0", "#8a8fb8")
    for row in range(14):
        for i in range(132):
            seat = i * 12.4 + (row % 2) * 6
            tier = 486 - 110 * (1 - ((seat - 800) / 810) ** 2) * (1 - row / 26) + row * 15
            s.circle(seat, tier, 4.6, s.rng.choice(crowd), opacity=s.rng.uniform(0.35, 0.95))
    s.path("M-10 440Q800 216 1610 440V478Q800 262 -10 478Z", s.linear((0, "#e9eef8"), (1, "#8796bd")))
    s.path("M-10 640Q800 600 1610 640V700H-10Z", "#0e1733")
    for i in range(11):
        tone = ("#e4572e", "#2e86ab", "#f6ae2d", "#f2f2f2")[i % 4]
        s.rect(i * 150 - 20, 634 - 24 * (1 - ((i * 150 + 50 - 800) / 800) ** 2), 140, 34, tone, opacity=0.85)
    s.path("M-10 668Q800 628 1610 668V1010H-10Z", "#2f9e44")
    pitch = s.clip("M-10 668Q800 628 1610 668V1010H-10Z")
    s.open(clip_path=pitch)
    for i in range(0, 14, 2):
        a, b = (i - 7) / 7, (i - 6) / 7
        s.poly([(800 + a * 900, 620), (800 + b * 900, 620), (800 + b * 2500, 1010), (800 + a * 2500, 1010)], "#258a3a")
    s.ellipse(800, 690, 560, 180, s.radial((0, "#d8ffb8", 0.55), (1, "#d8ffb8", 0)))
    s.ellipse(800, 810, 250, 62, "none", stroke="#f4fff0", stroke_width=6, opacity=0.9)
    s.line([(800, 630), (800, 1010)], "#f4fff0", 6, opacity=0.9)
    s.line([(-10, 684), (800, 652), (1610, 684)], "#f4fff0", 5, opacity=0.8)
    s.close()
    s.ellipse(812, 862, 62, 12, "#0c4a20", opacity=0.6)
    s.circle(800, 812, 54, s.radial((0, "#ffffff"), (0.6, "#f1f3f7"), (1, "#9aa6bd"), cx=0.35, cy=0.3))
    pentagon(s, 800, 812, 19, -90)
    for turn in range(-90, 270, 72):
        across, down = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        s.line([(800 + r * across, 812 + r * down) for r in (18, 46)], "#1d2438", 3)
        across, down = 800 + 44 * math.cos(math.radians(turn + 36)), 812 + 44 * math.sin(math.radians(turn + 36))
        s.ellipse(across, down, 11, 8, "#1d2438", transform=f"rotate({turn + 126} {across:.0f} {down:.0f})")


def pentagon(s: Sheet, x: float, y: float, r: float, turn: float) -> None:
    """A dark patch of the ball."""
    s.poly(
        [
            (x + r * math.cos(math.radians(a + turn)), y + r * math.sin(math.radians(a + turn)))
            for a in range(0, 360, 72)
        ],
        "#1d2438",
    )


def regatta(s: Sheet) -> None:
    """Sailing boats on a morning sea."""
    s.ground(s.linear((0, "#ffe7c2"), (0.4, "#ffc9a3"), (0.62, "#f7a58a")))
    s.circle(1130, 330, 170, "#fff6de")
    s.glow(1130, 330, 480, "#fff0cf", 0.6)
    for x, y, w in ((140, 160, 320), (560, 110, 260), (300, 300, 220), (1280, 190, 260)):
        s.rect(x, y, w, 22, "#fff", rx=11, opacity=0.55)
        s.rect(x + 50, y - 16, w * 0.45, 32, "#fff", rx=16, opacity=0.45)
    s.hills(560, 20, 8, "#d78c86")
    s.rect(0, 590, 1600, 420, s.linear((0, "#59a6b8"), (1, "#1b4f78")))
    yachts = (
        (240, 640, 0.5, ("#ffffff", "#e76f51")),
        (1380, 650, 0.55, ("#fef3dd", "#2a9d8f")),
        (480, 730, 0.9, ("#fef9ef", "#264653")),
        (1160, 760, 1.0, ("#fffaf0", "#e9c46a")),
        (800, 850, 1.5, ("#ffffff", "#d1495b")),
    )
    for i, (x, y, k, tones) in enumerate(yachts):
        yacht(s, x, y, k, tones)
        tone = ("#3f93ab", "#3485a3", "#2b7496", "#24648a", "#1e577e")[i]
        points = [(-60 + j * 120, y + 14 * k + 10 * math.sin(j * 1.3 + i)) for j in range(16)]
        s.path(smooth(points) + "L1700 1010L-60 1010Z", tone, opacity=0.86)
        for _ in range(14):
            wx, wy = s.rng.uniform(0, 1600), y + s.rng.uniform(24, 90)
            s.path(
                f"M{wx:.0f} {wy:.0f}q18 -11 36 0", stroke="#cfeef3", stroke_width=4, stroke_linecap="round", opacity=0.6
            )


def yacht(s: Sheet, x: float, y: float, k: float, tones: tuple[str, str]) -> None:
    """One sailing boat; `tones` are its cloth and its colour."""
    cloth, colour = tones
    s.open(transform=f"translate({x} {y}) scale({k}) rotate(7)")
    s.path("M-6 -20V-390", stroke="#4a3a44", stroke_width=7, stroke_linecap="round")
    s.path("M-14 -380C-60 -230 -110 -120 -150 -40H-14Z", s.linear((0, cloth), (1, "#f0cdb4"), angle=20))
    s.path("M-86 -170Q-60 -150 -14 -156V-96H-118Q-100 -130 -86 -170Z", colour)
    s.path("M4 -390C90 -270 128 -140 134 -36H4Z", s.linear((0, "#f6e3cf"), (0.4, cloth), (1, "#f6d9c2"), angle=0))
    s.path("M4 -390C40 -345 62 -300 80 -258H4Z", colour)
    s.path("M-178 -26H186Q160 26 120 34H-110Q-160 20 -178 -26Z", colour)
    s.path("M-178 -26H186L178 -10H-172Z", "#fff8ea")
    s.circle(60, -42, 12, "#3a2c3c")
    s.path("M44 -28q16 -14 32 0z", "#f4a261")
    s.close()


# ---------------------------------------------------------------- health


def fruit_bowl(s: Sheet) -> None:
    """Fruit in a painted bowl before an arch."""
    s.ground(s.linear((0, "#f6b79c"), (1, "#ee8f76")))
    s.path("M420 720V380A380 370 0 0 1 1180 380V720Z", s.linear((0, "#fde3c4"), (1, "#f9c79b")))
    s.circle(800, 400, 300, "#fff1d9", opacity=0.6)
    s.rect(0, 716, 1600, 290, s.linear((0, "#3f6b66"), (1, "#1f4146")))
    s.rect(0, 716, 1600, 12, "#6b9a90")
    s.ellipse(830, 900, 430, 44, "#0d2a2e", opacity=0.5)
    pear(s, 960, 440, 10)
    pear(s, 640, 420, -14)
    for x, y, r in ((530, 540, 104), (800, 430, 112), (1080, 560, 100), (700, 560, 110)):
        orange(s, x, y, r)
    pomegranate(s, 900, 560, 118)
    for row, count in enumerate((5, 6, 5, 4, 3)):
        for i in range(count):
            gx, gy = 1120 + (i - (count - 1) / 2) * 44, 540 + row * 42
            s.circle(gx, gy, 27, s.radial((0, "#d9a4e8"), (0.3, "#8e4aa8"), (1, "#3f1a5a"), cx=0.35, cy=0.3))
            s.circle(gx - 8, gy - 9, 5, "#fff", opacity=0.6)
    bowl = "M400 620H1200Q1190 800 1010 880H590Q410 800 400 620Z"
    s.path(bowl, s.linear((0, "#2a5f96"), (0.3, "#6fb0d8"), (0.5, "#3f82b8"), (1, "#173a63"), angle=0))
    s.open(clip_path=s.clip(bowl))
    s.path("M400 648Q800 690 1200 648V668Q800 712 400 668Z", "#fdf3df")
    for i in range(9):
        px, py = 440 + i * 90, 756 - 0.00016 * (i * 90 - 360) ** 2
        s.path(f"M{px} {py - 46}Q{px + 40} {py} {px} {py + 46}Q{px - 40} {py} {px} {py - 46}Z", "#fdf3df")
        s.circle(px, py, 11, "#e08a3c")
    s.path("M400 820Q800 866 1200 820V832Q800 880 400 832Z", "#fdf3df")
    s.close()
    s.path("M388 606Q800 652 1212 606Q1220 640 1196 640Q800 682 404 640Q380 640 388 606Z", "#8cc4e4")
    s.rect(640, 872, 320, 30, "#1f4b7a", rx=10)
    half_orange(s, 330, 850, 92)
    whole, half = leaf(232, 900, 150, 34, 150)
    s.path(whole, "#5c8a3a")
    s.path(half, "#7fae52")
    for x, y in ((1290, 880), (1340, 900), (1325, 862)):
        s.circle(x, y, 17, s.radial((0, "#ff8a8a"), (1, "#a3102f"), cx=0.35, cy=0.3))


def orange(s: Sheet, x: float, y: float, r: float) -> None:
    """An orange with a leaf."""
    s.circle(x, y, r, s.radial((0, "#ffd08a"), (0.4, "#f99a2e"), (1, "#d0601a"), cx=0.36, cy=0.32))
    for _ in range(26):
        a, d = s.rng.uniform(0, 6.28), r * 0.85 * math.sqrt(s.rng.random())
        s.circle(x + d * math.cos(a), y + d * math.sin(a), 2, "#b9500f", opacity=0.35)
    whole, half = leaf(x, y - r + 6, r * 0.8, r * 0.2, -28)
    s.path(whole, "#3f7a3a")
    s.path(half, "#63a04f")


def pear(s: Sheet, x: float, y: float, turn: float) -> None:
    """A pear, turned by `turn` degrees."""
    s.open(transform=f"rotate({turn} {x} {y})")
    d = f"M{x} {y - 190}C{x + 56} {y - 190} {x + 52} {y - 96} {x + 84} {y - 30}"
    d += f"C{x + 130} {y + 60} {x + 80} {y + 140} {x} {y + 140}"
    d += f"C{x - 80} {y + 140} {x - 130} {y + 60} {x - 84} {y - 30}C{x - 52} {y - 96} {x - 56} {y - 190} {x} {y - 190}Z"
    s.path(d, s.radial((0, "#f4ee9a"), (0.5, "#c3cc4a"), (1, "#7d9430"), cx=0.36, cy=0.5))
    s.path(
        f"M{x} {y - 186}Q{x + 4} {y - 220} {x + 20} {y - 236}", stroke="#5b3a22", stroke_width=9, stroke_linecap="round"
    )
    s.close()


def pomegranate(s: Sheet, x: float, y: float, r: float) -> None:
    """A pomegranate with its crown."""
    s.circle(x, y, r, s.radial((0, "#ff9a8a"), (0.4, "#d9304a"), (1, "#8a1030"), cx=0.36, cy=0.34))
    top = y - r + 8
    crown = ((-24, 0), (-36, 46), (-14, 26), (0, 54), (14, 26), (36, 46), (24, 0))
    s.poly([(x + across, top - up) for across, up in crown], "#b3203f")


def half_orange(s: Sheet, x: float, y: float, r: float) -> None:
    """An orange cut across."""
    s.ellipse(x + 12, y + r * 0.82, r * 1.1, 18, "#0d2a2e", opacity=0.45)
    s.circle(x, y, r, "#e8781e")
    s.circle(x, y, r * 0.92, "#fff0d0")
    for i in range(10):
        first, last = math.radians(i * 36 + 4), math.radians(i * 36 + 32)
        middle, rim = (first + last) / 2, r * 0.84
        edge = [(x + rim * math.cos(a), y + rim * math.sin(a)) for a in (first, middle, last)]
        s.poly([(x + r * 0.12 * math.cos(middle), y + r * 0.12 * math.sin(middle)), *edge], "#ffa63d")


def mint_tea(s: Sheet) -> None:
    """A silver teapot, two glasses and mint on a brass tray."""
    s.ground(s.linear((0, "#0f4a3f"), (0.6, "#1d6e58"), (1, "#0b332d")))
    for row in range(7):
        for column in range(12):
            x, y = column * 140 + (row % 2) * 70, row * 120 - 20
            for k in (0, 45):
                corners = square(x, y, 40, k)
                s.path(straight(corners) + "Z", stroke="#7fc9a6", stroke_width=2, opacity=0.22)
    s.circle(800, 440, 400, s.radial((0, "#ffe9b0", 0.95), (0.65, "#f3c76a", 0.75), (1, "#e0a23f", 0.35)))
    s.ellipse(800, 900, 900, 120, s.radial((0, "#f6d48a"), (0.6, "#c98a3c"), (1, "#7d4c1e")))
    s.ellipse(800, 892, 700, 84, "none", stroke="#fff0c4", stroke_width=5, opacity=0.7)
    s.ellipse(800, 892, 610, 70, "none", stroke="#8a5520", stroke_width=3, opacity=0.5)
    teapot(s)
    tea_glass(s, 1010, 900, 1.0)
    tea_glass(s, 1260, 890, 0.82)
    for x, phase in ((990, 0.0), (1040, 1.4)):
        points = [(x + 24 * math.sin(t * 0.9 + phase), 520 - t * 46) for t in range(8)]
        s.path(smooth(points), stroke="#fffbe6", stroke_width=12, stroke_linecap="round", opacity=0.4)
    for x, y, n in ((300, 905, 7), (760, 935, 5)):
        mint(s, x, y, n)


def teapot(s: Sheet) -> None:
    """The teapot."""
    silver = s.linear(
        (0, "#56646b"), (0.2, "#f5fafa"), (0.42, "#a9b9bd"), (0.7, "#5f6f76"), (0.9, "#d5e0e2"), (1, "#3d4a50"), angle=0
    )
    s.ellipse(590, 898, 210, 26, "#4a2c10", opacity=0.55)
    s.path("M724 560C860 540 850 420 936 360L960 378C900 440 900 660 740 720Z", silver)
    s.path("M452 520C300 470 280 740 470 740", stroke="#5f6f76", stroke_width=26, stroke_linecap="round")
    s.path("M452 514C306 466 290 730 470 732", stroke="#e5eeee", stroke_width=7, stroke_linecap="round")
    s.path("M480 470H700C790 560 810 760 690 860H490C370 760 390 560 480 470Z", silver)
    s.path("M470 470Q480 350 590 330Q700 350 710 470Z", silver)
    s.path("M560 336Q590 250 620 336Z", silver)
    s.circle(590, 270, 19, "#f3c76a")
    s.rect(460, 460, 260, 20, "#f5fafa", rx=10)
    s.rect(486, 856, 208, 30, silver, rx=10)
    for x in range(430, 760, 44):
        s.circle(x, 660, 13, "none", stroke="#4c5a61", stroke_width=4, opacity=0.7)
    s.rect(404, 630, 372, 4, "#4c5a61", opacity=0.5)
    s.rect(404, 688, 372, 4, "#4c5a61", opacity=0.5)


def tea_glass(s: Sheet, x: float, y: float, k: float) -> None:
    """A glass of tea with mint in it; (x, y) is the middle of its foot."""
    s.open(transform=f"translate({x} {y}) scale({k})")
    s.ellipse(6, 2, 110, 18, "#4a2c10", opacity=0.5)
    glass = "M-104 -330H104L78 -10Q76 0 62 0H-62Q-76 0 -78 -10Z"
    s.path(glass, "#eafff2", opacity=0.28)
    s.path(
        "M-98 -262H98L78 -14Q76 -4 62 -4H-62Q-76 -4 -78 -14Z",
        s.linear((0, "#f0b63a"), (0.6, "#d98a1e"), (1, "#a75a12")),
    )
    s.ellipse(0, -262, 98, 15, "#ffdc7a")
    for angle, length in ((-120, 150), (-70, 170), (-95, 190), (-40, 120)):
        whole, half = leaf(-6, -200, length, 34, angle)
        s.path(whole, "#2f8a4c")
        s.path(half, "#58b46a")
    s.path(glass, stroke="#f6fff8", stroke_width=4, opacity=0.75)
    s.path("M-82 -300L-64 -40", stroke="#fff", stroke_width=11, stroke_linecap="round", opacity=0.55)
    s.path("M-92 -190H92L89 -150H-89Z", "#f7d98c", opacity=0.85)
    for i in range(7):
        s.circle(-72 + i * 24, -170, 8, "#b3202f" if i % 2 else "#1d6e58")
    s.close()


def mint(s: Sheet, x: float, y: float, n: int) -> None:
    """A sprig of mint."""
    for i in range(n):
        whole, half = leaf(x, y, s.rng.uniform(90, 140), 34, -170 + i * 160 / max(n - 1, 1))
        s.path(whole, "#1f6b3a")
        s.path(half, "#49a35a")


# ---------------------------------------------------------------- the press


@dataclass(frozen=True)
class Picture:
    """A picture: its path, its size, and the function that draws it."""

    folder: str
    draw: Callable[[Sheet], None]
    width: int = 1600
    height: int = 1000
    limit: int = BYTE_LIMIT
    """Greatest size of the file in bytes."""


PICTURES = {
    "port-cranes": Picture("hot", port_cranes),
    "snow-mountains": Picture("hot", snow_mountains),
    "water-drop": Picture("hot", water_drop),
    "night-train": Picture("hot", night_train),
    "fishing-boats": Picture("hot", fishing_boats, 1000, 1400),
    "raised-hands": Picture("politics", raised_hands),
    "olive-branch": Picture("economy", olive_branch),
    "solar-panels": Picture("economy", solar_panels),
    "market-stalls": Picture("economy", market_stalls),
    "oud": Picture("art", oud),
    "theatre": Picture("art", theatre),
    "library": Picture("art", library),
    "zellige": Picture("art", zellige, 1200, 1200, 176_000),
    "light-caravan": Picture("art", light_caravan),
    "microphone": Picture("stars", microphone),
    "cinema": Picture("stars", cinema),
    "stadium-night": Picture("sport", stadium_night),
    "regatta": Picture("sport", regatta),
    "fruit-bowl": Picture("health", fruit_bowl),
    "mint-tea": Picture("health", mint_tea),
}


def grained(image: Image.Image, rng: Random) -> Image.Image:
    """Add the grain of paper: even, fine noise."""
    noise = Image.frombytes("L", image.size, rng.randbytes(image.width * image.height))
    soft = noise.filter(ImageFilter.GaussianBlur(0.7)).point([round(128 + (v - 128) * GRAIN * 2) for v in range(256)])
    return ImageChops.add(image, Image.merge("RGB", (soft, soft, soft)), 1, -128)


def jpeg(image: Image.Image, limit: int) -> bytes:
    """Encode a JPEG at the best quality within the limit."""
    for quality in range(88, 59, -2):
        out = BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= limit:
            break
    return out.getvalue()


def main(names: Sequence[str]) -> int:
    """Draw the pictures named, or all; 2 for an unknown name."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not needed to import the scenes

    unknown = [name for name in names if name not in PICTURES]
    if unknown:
        print(f"no picture {', '.join(unknown)}; known are {', '.join(PICTURES)}", file=sys.stderr)
        return 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        for name in names or PICTURES:
            picture = PICTURES[name]
            sheet = Sheet(picture.width, picture.height, Random(name))
            picture.draw(sheet)
            page = browser.new_page(viewport={"width": picture.width, "height": picture.height})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block}}</style>{sheet.svg()}")
            shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
            page.close()
            content = jpeg(grained(shot, Random(name)), picture.limit)
            target = CONTENT / picture.folder / f"{name}.jpg"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            print(f"{target.relative_to(CONTENT.parent)}  {len(content) // 1000} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
