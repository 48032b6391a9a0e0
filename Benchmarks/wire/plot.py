"""A plain line chart as SVG: the horizontal axis by powers, the vertical one from 0."""
import math

COLOURS = ("#1b6ca8", "#c2571a", "#3f8f4f", "#7a4fa3", "#777777")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 300, 52, 150, 34, 44


def text(x, y, words, anchor="middle", colour="#222"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def chart(path, title, across, up, series):
    """`series`: name to [(x, y)]."""
    every = [point for points in series.values() for point in points]
    low, high = (math.log(choose(x for x, _ in every)) for choose in (min, max))
    most = max(y for _, y in every)
    step = 10 ** math.floor(math.log10(most))
    step = next(step * each for each in (0.2, 0.5, 1, 2) if most / (step * each) <= 6)
    top = step * math.ceil(most / step)

    def at(x, y):
        return (LEFT + (math.log(x) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM))
    parts = [text(LEFT, 18, title, "start"), text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across), text(8, TOP - 4, up, "start")]
    for number in range(round(top / step) + 1):
        _, y = at(every[0][0], number * step)
        parts += [f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>', text(LEFT - 6, y + 4, f"{number * step:g}", "end")]
    for x in sorted({x for x, _ in every}):
        parts.append(text(at(x, 0)[0], HEIGHT - BOTTOM + 16, f"{x:,}"))
    for (name, points), colour in zip(series.items(), COLOURS):
        places = [at(*point) for point in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    # Names stand at the ends of their lines, apart from each other.
    ends = sorted((at(*points[-1])[1], name, colour) for (name, points), colour in zip(series.items(), COLOURS))
    last = -100
    for y, name, colour in ends:
        last = max(y + 4, last + 14)
        parts.append(text(WIDTH - RIGHT + 8, last, name, "start", colour))
    with open(path, "w") as f:
        f.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
                f'font-size="12"><rect width="100%" height="100%" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n")
