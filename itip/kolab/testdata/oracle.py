"""Kolab's own reader and writer, asked over a pipe: one JSON object a line in, one out.

read    {"kind", "xml"}     -> {"code", "message", "object"}   what libkolabxml reads
rewrite {"kind", "xml"}     -> {"code", "xml"}                 what it makes of a document by reading and writing it
write   {"kind", "object"}  -> {"code", "message", "xml"}      a document it writes
"""
import base64
import json
import sys

import kolabformat as k

PARTSTAT = ["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED", "IN-PROCESS", "COMPLETED"]
ROLE = ["REQ-PARTICIPANT", "CHAIR", "OPT-PARTICIPANT", "NON-PARTICIPANT"]
CUTYPE = {k.CutypeIndividual: "INDIVIDUAL", k.CutypeGroup: "GROUP", k.CutypeResource: "RESOURCE",
          k.CutypeRoom: "ROOM", k.CutypeUnknown: "UNKNOWN"}
CLASS = ["PUBLIC", "PRIVATE", "CONFIDENTIAL"]
STATUS = ["", "NEEDS-ACTION", "COMPLETED", "IN-PROCESS", "CANCELLED", "TENTATIVE", "CONFIRMED"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQ = {k.RecurrenceRule.Yearly: "YEARLY", k.RecurrenceRule.Monthly: "MONTHLY", k.RecurrenceRule.Weekly: "WEEKLY",
        k.RecurrenceRule.Daily: "DAILY", k.RecurrenceRule.Hourly: "HOURLY", k.RecurrenceRule.Minutely: "MINUTELY",
        k.RecurrenceRule.Secondly: "SECONDLY"}
BY = ["bysecond", "byminute", "byhour", "bymonthday", "byyearday", "byweekno", "bymonth"]


def key(table, value):
    items = table.items() if isinstance(table, dict) else enumerate(table)
    return next(i for i, v in items if v == value)


def time_out(t):
    date = "%04d-%02d-%02d" % (t.year(), t.month(), t.day())
    if t.isDateOnly():
        return date
    local = date + "T%02d:%02d:%02d" % (t.hour(), t.minute(), t.second())
    if t.isUTC():
        return local + "Z"
    return {"local": local, "tzid": t.timezone()} if t.timezone() else local


def time_in(v):
    zone = ""
    if isinstance(v, dict):
        zone, v = v["tzid"], v["local"]
    t = k.cDateTime(*(int(x) for x in v[:10].split("-")))
    if len(v) > 10:
        t = k.cDateTime(*(int(x) for x in v[:10].split("-")), *(int(x) for x in v[11:19].split(":")))
        if v.endswith("Z"):
            t.setUTC(True)
        elif zone:
            t.setTimezone(zone)
    return t


def times_in(vs):
    r = k.vectordatetime()
    for v in vs:
        r.append(time_in(v))
    return r


def duration_out(d):
    return {n: getattr(d, n)() for n in ("weeks", "days", "hours", "minutes", "seconds")} | {"negative": d.isNegative()}


def duration_in(v):
    if v["weeks"]:
        return k.Duration(v["weeks"], v["negative"])
    return k.Duration(v["days"], v["hours"], v["minutes"], v["seconds"], v["negative"])


def contact_out(c):
    return {"email": c.email()} | ({"name": c.name()} if c.name() else {})


def contact_in(v):
    return k.ContactReference(k.ContactReference.EmailReference, v["email"], v.get("name", ""))


def contacts_in(vs):
    r = k.vectorcontactref()
    for v in vs:
        r.append(contact_in(v))
    return r


def attendee_out(a):
    return {"contact": contact_out(a.contact()), "partstat": PARTSTAT[a.partStat()], "role": ROLE[a.role()],
            "rsvp": a.rsvp(), "cutype": CUTYPE[a.cutype()], "delegated_to": [contact_out(c) for c in a.delegatedTo()],
            "delegated_from": [contact_out(c) for c in a.delegatedFrom()]}


def attendee_in(v):
    a = k.Attendee(contact_in(v["contact"]))
    a.setPartStat(key(PARTSTAT, v["partstat"]))
    a.setRole(key(ROLE, v["role"]))
    a.setRSVP(v["rsvp"])
    a.setCutype(key(CUTYPE, v["cutype"]))
    if v["delegated_to"]:
        a.setDelegatedTo(contacts_in(v["delegated_to"]))
    if v["delegated_from"]:
        a.setDelegatedFrom(contacts_in(v["delegated_from"]))
    return a


def rule_out(r):
    out = {"freq": FREQ[r.frequency()], "interval": r.interval(), "wkst": DAYS[r.weekStart()]}
    if r.count() > 0:
        out["count"] = r.count()
    if r.end().isValid():
        out["until"] = time_out(r.end())
    if len(r.byday()):
        out["byday"] = [("%d" % d.occurence() if d.occurence() else "") + DAYS[d.weekday()] for d in r.byday()]
    for by in BY:
        if len(getattr(r, by)()):
            out[by] = list(getattr(r, by)())
    return out


def rule_in(v):
    r = k.RecurrenceRule()
    r.setFrequency(key(FREQ, v["freq"]))
    r.setInterval(v["interval"])
    r.setWeekStart(key(DAYS, v["wkst"]))
    if "count" in v:
        r.setCount(v["count"])
    if "until" in v:
        r.setEnd(time_in(v["until"]))
    if "byday" in v:
        days = k.vectordaypos()
        for d in v["byday"]:
            days.append(k.DayPos(int(d[:-2] or 0), key(DAYS, d[-2:])))
        r.setByday(days)
    for by in BY:
        if by in v:
            getattr(r, "set" + by.capitalize())(v[by])
    return r


def attachment_out(a):
    out = {"mimetype": a.mimetype()} | ({"label": a.label()} if a.label() else {})
    if a.uri():
        return out | {"uri": a.uri()}
    return out | {"data_bytes": len(a.data())}


def attachment_in(v):
    a = k.Attachment()
    if "uri" in v:
        a.setUri(v["uri"], v["mimetype"])
    else:
        a.setData("x" * v["data_bytes"], v["mimetype"])
    a.setLabel(v.get("label", ""))
    return a


def alarm_out(a):
    action = {k.Alarm.DisplayAlarm: "DISPLAY", k.Alarm.EMailAlarm: "EMAIL", k.Alarm.AudioAlarm: "AUDIO"}[a.type()]
    out = {"action": action}
    if a.description():
        out["description"] = a.description()
    if action == "DISPLAY" and a.text():
        out["description"] = a.text()
    if action == "EMAIL":
        out["summary"] = a.summary()
        out["attendees"] = [contact_out(c) for c in a.attendees()]
    if action == "AUDIO" and a.audioFile().isValid():
        out["audio"] = attachment_out(a.audioFile())
    if a.relativeStart().isValid():
        out["trigger"] = {"related": "END" if a.relativeTo() == k.End else "START", "offset": duration_out(a.relativeStart())}
    elif a.start().isValid():
        out["trigger"] = time_out(a.start())
    if a.numrepeat() > 0:
        out["repeat"] = a.numrepeat()
        out["repeat_every"] = duration_out(a.duration())
    return out


def alarm_in(v):
    if v["action"] == "DISPLAY":
        a = k.Alarm(v.get("description", ""))
    elif v["action"] == "EMAIL":
        a = k.Alarm(v["summary"], v.get("description", ""), contacts_in(v["attendees"]))
    else:
        a = k.Alarm(attachment_in(v["audio"]))
    if isinstance(v["trigger"], dict):
        a.setRelativeStart(duration_in(v["trigger"]["offset"]), k.End if v["trigger"]["related"] == "END" else k.Start)
    else:
        a.setStart(time_in(v["trigger"]))
    if "repeat" in v:
        a.setDuration(duration_in(v["repeat_every"]), v["repeat"])
    return a


def object_out(o, kind, inner=False):
    out = {"uid": o.uid(), "created": time_out(o.created()), "last_modified": time_out(o.lastModified()),
           "sequence": o.sequence(), "classification": CLASS[o.classification()], "summary": o.summary(),
           "priority": o.priority()}
    for name, value in (("description", o.description()), ("location", o.location()), ("url", o.url()),
                        ("comment", o.comment()), ("status", STATUS[o.status()]), ("categories", list(o.categories()))):
        if value:
            out[name] = value
    ends = (("start", o.start()), ("recurrence_id", o.recurrenceID()))
    ends += (("end", o.end()),) if kind == "event" else (("due", o.due()),)
    for name, t in ends:
        if t.isValid():
            out[name] = time_out(t)
    if o.thisAndFuture():
        out["this_and_future"] = True
    if o.organizer().isValid():
        out["organizer"] = contact_out(o.organizer())
    if kind == "event":
        out["transparency"] = o.transparency()
        if o.duration().isValid():
            out["duration"] = duration_out(o.duration())
    else:
        out["percent_complete"] = o.percentComplete()
        if len(o.relatedTo()):
            out["related_to"] = list(o.relatedTo())
    if o.recurrenceRule().isValid():
        out["rrule"] = rule_out(o.recurrenceRule())
    for name, values, f in (("rdates", o.recurrenceDates(), time_out), ("exdates", o.exceptionDates(), time_out),
                            ("attendees", o.attendees(), attendee_out), ("attachments", o.attachments(), attachment_out),
                            ("alarms", o.alarms(), alarm_out),
                            ("custom", o.customProperties(), lambda c: {"name": c.identifier, "value": c.value})):
        if len(values):
            out[name] = [f(v) for v in values]
    if not inner and len(o.exceptions()):
        out["exceptions"] = [object_out(e, kind, True) for e in o.exceptions()]
    return out


def fill(vector, values, f):
    for v in values:
        vector.append(f(v))
    return vector


def object_in(v, kind):
    o = k.Event() if kind == "event" else k.Todo()
    o.setUid(v["uid"])
    o.setCreated(time_in(v["created"]))
    o.setLastModified(time_in(v["last_modified"]))
    o.setSequence(v["sequence"])
    o.setClassification(key(CLASS, v["classification"]))
    o.setSummary(v["summary"])
    o.setPriority(v["priority"])
    if "recurrence_id" in v:
        o.setRecurrenceID(time_in(v["recurrence_id"]), v.get("this_and_future", False))
    for name, setter, f in (
            ("description", "setDescription", str), ("location", "setLocation", str), ("url", "setUrl", str),
            ("comment", "setComment", str), ("status", "setStatus", lambda s: key(STATUS, s)), ("start", "setStart", time_in),
            ("end", "setEnd", time_in), ("due", "setDue", time_in), ("organizer", "setOrganizer", contact_in),
            ("transparency", "setTransparency", bool), ("duration", "setDuration", duration_in),
            ("percent_complete", "setPercentComplete", int), ("rrule", "setRecurrenceRule", rule_in),
            ("categories", "setCategories", list), ("related_to", "setRelatedTo", list),
            ("rdates", "setRecurrenceDates", times_in), ("exdates", "setExceptionDates", times_in),
            ("attendees", "setAttendees", lambda x: fill(k.vectorattendee(), x, attendee_in)),
            ("attachments", "setAttachments", lambda x: fill(k.vectorattachment(), x, attachment_in)),
            ("alarms", "setAlarms", lambda x: fill(k.vectoralarm(), x, alarm_in)),
            ("custom", "setCustomProperties",
             lambda x: fill(k.vectorcs(), x, lambda c: k.CustomProperty(c["name"], c["value"])))):
        if name in v:
            getattr(o, setter)(f(v[name]))
    if "exceptions" in v:
        vector = k.vectorevent() if kind == "event" else k.vectortodo()
        o.setExceptions(fill(vector, v["exceptions"], lambda e: object_in(e, kind)))
    return o


def answer(q):
    kind = q["kind"]
    read, write = (k.readEvent, k.writeEvent) if kind == "event" else (k.readTodo, k.writeTodo)
    if q["op"] == "write":
        xml = write(object_in(q["object"], kind))
        return {"code": k.error(), "message": k.errorMessage(), "xml": xml}
    o = read(q["xml"], False)
    code, message = k.error(), k.errorMessage()
    if q["op"] == "rewrite":
        return {"code": max(code, k.error()), "message": message, "xml": write(o)}
    return {"code": code, "message": message, "object": object_out(o, kind) if code < 3 else None}


for line in sys.stdin:
    try:
        a = answer(json.loads(line))
    except Exception as e:  # the test says which question it was
        a = {"code": 9, "message": repr(e)}
    print(json.dumps(a), flush=True)
