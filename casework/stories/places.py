"""The organisations in which invented cases are opened."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation; `path` is the codes from the top down, `370000/370100/`.

    `city_name` is what the addresses of its people and firms begin with; `share` how much of the work comes in here,
    against other places.
    """

    code: str
    region: str
    name: str
    kind: str
    path: str
    city_name: str
    share: float

    @property
    def chain(self) -> tuple[str, ...]:
        """The codes from here up to the top."""
        return tuple(reversed(self.path.rstrip("/").split("/")))
