"""The small chart of a company's seats: twelve months as steps, drawn on the server."""

from dataclasses import dataclass

from harken.contacts.planning import SeatsAt

WIDTH, HEIGHT = 296, 64
TOP, BOTTOM = 16, 52


@dataclass(frozen=True)
class SeatsChart:
    """A line of steps in a drawing of 320 by 72, and the table of what it shows."""

    path: str
    end_y: float
    first: int
    first_y: float
    last: int
    first_month: SeatsAt
    months: list[SeatsAt]

    @property
    def grown(self) -> int:
        """How many more seats there are than at the beginning; negative where there are fewer."""
        return self.last - self.first


def seats_chart(months: list[SeatsAt]) -> SeatsChart | None:
    """Draw the seats month by month; `None` where fewer than two months are known: a dot tells nothing."""
    if len(months) < 2:
        return None
    seats = [month.seats for month in months]
    step = (WIDTH - 4) / (len(months) - 1)
    heights = [_height(each, min(seats), max(seats)) for each in seats]
    path = f"M0,{heights[0]}" + "".join(
        f" H{round(at * step, 1)} V{height}" for at, height in enumerate(heights[1:], 1)
    )
    return SeatsChart(path, heights[-1], seats[0], heights[0], seats[-1], months[0], months)


def _height(seats: int, lowest: int, highest: int) -> float:
    span = highest - lowest
    return round(BOTTOM - (BOTTOM - TOP) * (seats - lowest) / span, 1) if span else (TOP + BOTTOM) / 2
