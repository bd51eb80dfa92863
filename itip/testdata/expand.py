"""Expands series with dateutil and zoneinfo, as a second opinion for TestDifferential.

One JSON object a line on standard input, one JSON answer a line on standard output. dateutil knows rules on a
clock without zone; what RFC 5545 says around them is done here, and what dateutil is known to do otherwise than
the RFC is put right in rule(), each with its reason.
"""
import datetime
import functools
import itertools
import json
import signal
import sys
from zoneinfo import ZoneInfo

from dateutil import rrule

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
zones = {}


def zone(name):
    if name not in zones:
        zones[name] = ZoneInfo(name)
    return zones[name]


@functools.lru_cache(1000)
def read(s):
    return datetime.datetime.strptime(s, "%Y%m%dT%H%M%S")


def instant(wall, tz):
    """The instant of a wall clock time and whether it exists; fold=0 is what RFC 5545 3.3.5 asks for."""
    at = int((wall.replace(tzinfo=tz) - EPOCH).total_seconds())
    return at, shown(at, tz) == wall


def shown(at, tz):
    return (EPOCH + datetime.timedelta(seconds=at)).astimezone(tz).replace(tzinfo=None)


def rule(text, start):
    """The starts that one rule gives on the wall clock, without COUNT and UNTIL, from start on."""
    parts = dict(p.split("=") for p in text.split(";"))
    freq = parts["FREQ"]
    begin = start
    # BYWEEKNO alone gives dateutil all days of the week; 3.3.10 takes what is missing from DTSTART.
    if "BYWEEKNO" in parts and not {"BYDAY", "BYMONTHDAY", "BYYEARDAY"} & set(parts):
        parts["BYDAY"] = DAYS[start.weekday()]
    # A number without a month or year to count in means nothing.
    if freq not in ("YEARLY", "MONTHLY") and "BYDAY" in parts:
        parts["BYDAY"] = ",".join(d[-2:] for d in parts["BYDAY"].split(","))
    days = parts.get("BYDAY", "").split(",")
    # dateutil falls over days that no month has, such as 43TU.
    if freq == "MONTHLY" or freq == "YEARLY" and "BYMONTH" in parts:
        days = [d for d in days if abs(int(d[:-2] or 1)) <= 5]
        if not days:
            return
    if days[0]:
        parts["BYDAY"] = ",".join(days)
    mixed = 0 < sum(len(d) > 2 for d in days) < len(days)
    # dateutil forgets that the last days of a year may be in the first week of the next when that is -52 or -53, and
    # takes the length of the wrong year for the number of the week that a year begins in when that is 52 or 53.
    weeks = [int(n) for n in parts.get("BYWEEKNO", "0").split(",")]
    if min(weeks) < -51 or max(weeks) > 51:
        del parts["BYWEEKNO"]
    else:
        weeks = []
    simple = not mixed and not weeks
    positions = []
    # dateutil begins the first week at DTSTART; BYSETPOS counts in the whole period (3.3.10).
    if "BYSETPOS" in parts and (freq == "WEEKLY" or not simple):
        for name, value in (("BYHOUR", start.hour), ("BYMINUTE", start.minute), ("BYSECOND", start.second),
                            ("BYDAY", DAYS[start.weekday()])):
            if name != "BYDAY" or freq == "WEEKLY":
                parts.setdefault(name, str(value))
        begin = first_of(freq, parts.get("WKST", "MO"), start)
        if not simple:
            positions = [int(p) for p in parts.pop("BYSETPOS").split(",")]
    # dateutil wants "1MO,TU" to be both; 3.3.10 lists days. A set of both lists is what it says.
    lists = [parts]
    if mixed:
        lists = [dict(parts, BYDAY=",".join(d for d in days if (len(d) > 2) == numbered)) for numbered in (True, False)]
    several = rrule.rruleset()
    for p in lists:
        try:
            one = rrule.rrulestr(";".join(f"{k}={v}" for k, v in p.items()), dtstart=begin)
        except ValueError:  # what INTERVAL leaves never meets BYHOUR, BYMINUTE or BYSECOND
            continue
        several.rrule(one)
    found = until_given_up(several)
    if weeks:
        wkst = DAYS.index(parts.get("WKST", "MO"))
        found = (wall for wall in found if {week(wall, wkst), week(wall, wkst) - weeks_in(wall, wkst) - 1} & set(weeks))
    if positions:
        found = picked(found, positions, lambda wall: first_of(freq, "MO", wall))
    for wall in found:
        if wall >= start:
            yield wall


def first_of(freq, wkst, wall):
    """Where the year, month or week begins that a time is in."""
    wall = wall.replace(hour=0, minute=0, second=0)
    if freq == "WEEKLY":
        return wall - datetime.timedelta(days=(wall.weekday() - DAYS.index(wkst)) % 7)
    return wall.replace(day=1) if freq == "MONTHLY" else wall.replace(month=1, day=1)


def fourth(wall, wkst):
    """The day that says which year a week belongs to: the fourth of it."""
    return wall - datetime.timedelta(days=(wall.weekday() - wkst) % 7 - 3)


def week(wall, wkst):
    return (fourth(wall, wkst).timetuple().tm_yday - 1) // 7 + 1


def weeks_in(wall, wkst):
    year = fourth(wall, wkst).year
    last = fourth(datetime.datetime(year, 12, 31), wkst)
    return week(last if last.year == year else last - datetime.timedelta(days=7), wkst)


def until_given_up(walls):
    walls = iter(walls)
    while True:
        try:
            wall = next(walls)
        except (StopIteration, ValueError):
            return
        yield wall


def picked(walls, positions, period):
    for _, group in itertools.groupby(walls, period):
        group = list(group)
        for i in sorted({p - 1 if p > 0 else len(group) + p for p in positions}):
            if 0 <= i < len(group):
                yield group[i]


def rule_starts(text, start, date, tz, last, readings):
    parts = dict(p.split("=") for p in text.split(";"))
    count = int(parts.pop("COUNT", 0))
    until = parts.pop("UNTIL", None)
    if date:  # UNTIL is of the type of DTSTART (3.3.10); of what is not, the date is what was meant
        until = until and until[:8]
        for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            parts.pop(name, None)
    clocked = parts["FREQ"] in ("HOURLY", "MINUTELY", "SECONDLY") or bool({"BYHOUR", "BYMINUTE", "BYSECOND"} & set(parts))
    given = 1
    yield start
    if count == 1:
        return
    for wall in rule(";".join(f"{k}={v}" for k, v in parts.items()), start):
        if wall <= start:
            continue
        at, exists = instant(wall, tz)
        if clocked and not exists and not readings:
            continue
        if until and past(until, wall, at) or wall > last:
            return
        if clocked and not exists:  # some programs have it, and it does not count
            yield wall
            continue
        given += 1
        yield wall
        if given == count:
            return


def past(until, wall, at):
    if len(until) == 8:
        return wall.date() > read(until + "T000000").date()
    if until.endswith("Z"):
        return at > int((read(until[:-1]).replace(tzinfo=datetime.timezone.utc) - EPOCH).total_seconds())
    return wall > read(until)


def end(wall, at, tz, length):
    days, seconds = length
    if days:
        at, _ = instant(wall + datetime.timedelta(days=days), tz)
    return at + seconds


def both(wall, at, tz, length, readings):
    """An instance, and with readings what a skipped start is with the offset after the gap, which is fold=1."""
    out = [(at, end(wall, at, tz, length))]
    if readings and shown(at, tz) != wall:
        at = int((wall.replace(tzinfo=tz, fold=1) - EPOCH).total_seconds())
        out.append((at, end(wall, at, tz, length)))
    return out


def expand(s):
    tz, start = zone(s["zone"]), read(s["start"])
    first, last = s["from"], s["to"]
    far = shown(last + s["reach"], tz)
    datetime.MAXYEAR = far.year + 1  # where dateutil gives up

    def key(wall, at):
        """What starts are told apart by: days by their date, as a zone may skip a whole day; times by the instant."""
        return wall if s["date"] else at

    def written(name):
        return key(read(name), instant(read(name), tz)[0])

    found = {}  # key: instant, wall, length

    def take(wall, length):
        at, exists = instant(wall, tz)
        k = key(wall, at)
        # With both readings, a skipped start and the one it falls on may end apart when days are counted.
        if s["readings"] and not exists:
            k = (wall, at)
        found.setdefault(k, (at, wall, length))

    # Where RDATE and DTSTART or a rule give one start, it is one instance, as long as the PERIOD says (3.8.5.2).
    for d in s["rdate"]:
        if d["length"]:
            take(read(d["start"]), d["length"])
    walls = [start] if not s["rules"] else []
    for text in s["rules"]:
        walls += rule_starts(text, start, s["date"], tz, far, s["readings"])
    for wall in walls + [read(d["start"]) for d in s["rdate"] if not d["length"]]:
        take(wall, s["length"])
    gone = {written(e) for e in s["exdate"]}
    own = {written(v["id"]): v for v in s["overrides"]}
    future = sorted((instant(read(v["id"]), tz)[0], i) for i, v in enumerate(s["overrides"]) if v["future"])
    out = []  # start, end, whose
    for at, wall, length in found.values():
        if key(wall, at) in gone or key(wall, at) in own:
            continue
        before = [i for f, i in future if f <= at]
        if not before:
            out += [(a, b, -1) for a, b in both(wall, at, tz, length, s["readings"])]
            continue
        v = s["overrides"][before[-1]]
        vtz = zone(v["zone"])
        if s["date"] or vtz is tz:  # on one clock, by as much as the written times are apart
            wall += read(v["start"]) - read(v["id"])
        else:
            wall = shown(at, vtz) + (read(v["start"]) - shown(instant(read(v["id"]), tz)[0], vtz))
        at, _ = instant(wall, vtz)
        out += [(a, b, before[-1]) for a, b in both(wall, at, vtz, v["length"], s["readings"])]
    for i, v in enumerate(s["overrides"]):
        if v["future"] and written(v["id"]) in gone:
            continue
        wall, vtz = read(v["start"]), zone(v["zone"])
        at, _ = instant(wall, vtz)
        out += [(a, b, i) for a, b in both(wall, at, vtz, v["length"], s["readings"])]
    if s["readings"]:  # two readings of one component that are the same time are one; instances stay apart
        out = set(out)
    return sorted(p[:2] for p in out if p[0] < last and p[1] > first or p[0] == p[1] and first <= p[0] < last)


class Slow(Exception):
    pass


def late(*_):
    raise Slow


signal.signal(signal.SIGVTALRM, late)
for line in sys.stdin:
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.05)
        answer = {"times": expand(json.loads(line))}
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except Slow:
        answer = {"slow": True}
    print(json.dumps(answer, separators=(",", ":")), flush=True)
