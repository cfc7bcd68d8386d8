"""Copies of lived cases with people, numbers, keys and hashes of their own, made beside the process that stores them.

Nobody in a copy is in another case, so that no household has two dossiers. Only cases that were lived take money: the
ledger of a fund would have to tell of the payments of copies in the order of time.
"""

import multiprocessing
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from random import Random
from typing import Final

from casework.demo.programmes import demonstrations
from casework.demo.templates import Figure, Template
from casework.records import bulk
from casework.records.event_chain import GENESIS, chained
from casework.records.ids import new_id
from casework.records.vault import Keyring, applicant_place, blind_index, new_key, seal_written
from casework.rules import folding
from casework.rules.identifiers import (
    invent_identity_number,
    mask_account,
    mask_identity_number,
    mask_phone,
)
from casework.stories.people import bank_card, full_name, mobile
from casework.work.service import Transaction

_TOGETHER: Final = 250
"""So many copies are stored at once."""

_ORDER: Final = ("applicants", "cases", "events", "clocks", "vault", "blind_indexes", "letters", "open_case_holds")
_COLUMNS: Final = {
    "applicants": ("id", "identity_index", "key_id", "wrapped_key"),
    "events": ("case_id", "seq", "at", "kind", "actor_id", "actor_role", "payload", "prev_hash", "hash"),
    "open_case_holds": ("workflow", "digest", "case_id"),
}
Lines = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Copies:
    """What is to be copied: `plan` names the template of each copy, `serials` its number, both by time of opening."""

    templates: Sequence[Template]
    plan: Sequence[int]
    serials: Sequence[int]


def planned(templates: Sequence[Template], serials: Sequence[int], rng: Random) -> Copies:
    """Choose the template of each copy by the shares of the programmes, and order them by the time of their opening."""
    if not templates:
        raise ValueError("no case that was lived can be copied")
    many = Counter(template.workflow for template in templates)
    shown = demonstrations()
    weights = [shown[template.workflow].share / many[template.workflow] for template in templates]
    chosen = rng.choices(range(len(templates)), weights, k=len(serials))
    return Copies(templates, sorted(chosen, key=lambda one: (templates[one].opened_at, one)), serials)


def stamp(tx: Transaction, copies: Copies, regions: Sequence[str], seed: str, stored: Callable[[int], object]) -> None:
    """Store the copies; `stored` is told after each lot how many came with it.

    Letters go on in their series, in the order of the copies. The same `seed` and the same copies give the same people.
    """
    letters = Counter[str]()
    for one, times in Counter(copies.plan).items():
        for series in copies.templates[one].series:
            letters[series] += times
    serials = bulk.first_letter_serials(tx.db, letters)
    stamper = Stamper(copies, regions, Random(seed), tx.index_key, tx.service.keyring, bulk.identities(tx.db), serials)
    columns = _COLUMNS | {name: told for one in copies.templates for name, told in one.columns.items()}
    with closing(_made_beside(stamper, len(copies.plan))) as lots:
        for many, lines in lots:
            for table in _ORDER:
                if lines.get(table):
                    bulk.copy_lines(tx.db, table, columns[table], lines[table])
            stored(many)


@dataclass(slots=True)
class Stamper:
    """Makes the lines of copies, from the first to the last."""

    copies: Copies
    regions: Sequence[str]
    rng: Random
    index_key: bytes
    keyring: Keyring
    known: set[bytes]
    letters: dict[str, int]

    def lines(self, places: range) -> Lines:
        """The lines by table of these copies; called for all places once, in their order."""
        found: dict[str, list[str]] = defaultdict(list)
        for place in places:
            self._copy(self.copies.templates[self.copies.plan[place]], self.copies.serials[place], found)
        return {table: "".join(lines).encode() for table, lines in found.items()}

    def _copy(self, template: Template, serial: int, found: dict[str, list[str]]) -> None:
        rng, key = self.rng, new_key()
        case_id = str(new_id(template.opened_at, rng.getrandbits(74)))
        applicant = new_id(template.opened_at, rng.getrandbits(74))
        wrapped = self.keyring.wrap(applicant_place(applicant), key)
        number = f"{template.number}-{serial:06d}"
        blanks = {"case": case_id, "applicant": str(applicant), "number": number, "folded": folding.key(number)}
        digests = self._people(template.figures, blanks)
        blanks |= {"address": f"示例小区{rng.randrange(1, 60)}号楼{rng.randrange(1, 5)}单元"}
        card = bank_card(rng)
        blanks |= {"account": card, "masked_account": mask_account(card)}
        for place in range(template.letters):
            blanks[f"letter{place}"] = str(new_id(template.opened_at, rng.getrandbits(74)))
        for place, series in enumerate(template.series):
            blanks[f"serial{place}"] = str(self.letters[series])
            self.letters[series] += 1
        for kind, value in template.blind_indexes:
            plain = blanks["phone0"][-len(value) :] if kind == "phone_tail" else value % blanks
            blanks[kind] = (digests[0] if kind == "identity_number" else blind_index(self.index_key, kind, plain)).hex()
        for name, where, text in template.sealed:
            blanks[name] = seal_written(key, where % blanks, text % blanks).hex()
        found["events"] += self._events(template, blanks)
        found["applicants"].append(
            f"{applicant}\t\\\\x{digests[0].hex()}\t{wrapped.key_id}\t\\\\x{wrapped.wrapped.hex()}\n"
        )
        for table, lines in template.rows.items():
            found[table].append(lines % blanks)
        found["open_case_holds"] += [
            f"{template.workflow}\t\\\\x{digests[place].hex()}\t{case_id}\n" for place in template.holds
        ]

    def _events(self, template: Template, blanks: dict[str, str]) -> Iterator[str]:
        """The events in a chain; leaves the last hash in the blanks."""
        before = GENESIS
        for event in template.events:
            payload = event.payload % blanks
            body = f"{event.head % blanks}{payload}{event.tail}"
            after = chained(before, body)
            yield f"{event.columns % blanks}\t{bulk.escaped(payload)}\t\\\\x{before.hex()}\t\\\\x{after.hex()}\n"
            before = after
        blanks["last_hash"] = before.hex()

    def _people(self, figures: Sequence[Figure], blanks: dict[str, str]) -> list[bytes]:
        """Draw the people of a copy into the blanks; gives the indexes of their identity numbers.

        Who had one surname has one surname again, and no two people have one name or one masked number.
        """
        digests, surnames, taken = list[bytes](), dict[str, str](), set[str]()
        for place, figure in enumerate(figures):
            name = next(name for name in iter(partial(self._name, figure, surnames), None) if name not in taken)
            taken.add(name)
            surnames.setdefault(figure.surname, name[0])
            number, digest = self._number(figure, taken)
            digests.append(digest)
            blanks |= {f"name{place}": name, f"identity_number{place}": number}
            blanks[f"masked_identity_number{place}"] = mask_identity_number(number)
            if figure.phone:
                phone = mobile(self.rng)
                blanks |= {f"phone{place}": phone, f"masked_phone{place}": mask_phone(phone)}
        return digests

    def _name(self, figure: Figure, surnames: dict[str, str]) -> str:
        name = full_name(self.rng, figure.sex)
        return surnames.get(figure.surname, name[0]) + name[1:]

    def _number(self, figure: Figure, taken: set[str]) -> tuple[str, bytes]:
        """An identity number that nobody has, and its index."""
        while True:
            region, serial = self.rng.choice(self.regions), self.rng.randrange(500)
            number = invent_identity_number(figure.birth_date, figure.sex, region, serial)
            digest = blind_index(self.index_key, "identity_number", number)
            if digest not in self.known and mask_identity_number(number) not in taken:
                self.known.add(digest)
                taken.add(mask_identity_number(number))
                return number, digest


def _made_beside(stamper: Stamper, many: int) -> Generator[tuple[int, Lines]]:
    """The lots of lines, each with how many copies it has, of which another process makes one while one is stored."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    maker = context.Process(target=_make, args=(stamper, many, here, there), daemon=True)
    maker.start()
    there.close()
    try:
        for lot in _lots(many):
            yield len(lot), here.recv()
    except EOFError as ended:
        raise RuntimeError("the process that makes the copies has failed, and has said above why") from ended
    finally:
        here.close()
        maker.join()


def _make(stamper: Stamper, many: int, read: Connection, write: Connection) -> None:
    """Send the lots one by one; ends as soon as nobody reads any more."""
    # Whoever breaks off the load is heard by the process that stores.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    read.close()
    with suppress(BrokenPipeError):
        for lot in _lots(many):
            write.send(stamper.lines(lot))


def _lots(many: int) -> Iterator[range]:
    return (range(start, min(start + _TOGETHER, many)) for start in range(0, many, _TOGETHER))
