"""The parsers' seeds, and what other parsers answer to the same inputs.

Where two parsers differ the input falls into a class that says what the RFC wants; an input that falls into none is a
disagreement that nobody has looked at, and the comparison falls short.
"""

import calendar
import email.utils
import http.cookies
import importlib
import json
import random
import subprocess
import urllib.parse
import urllib.request

from .figures import Unusable

SEEDS = {
    "link": [
        '<https://api.test/2?a=1,2>; rel="next"', '</2>; rel=next; title="a; b, \\"c\\""', "<u>; REL=\"next last\", <v>",
        "</2>; flag; rel=\"next\"; title*=UTF-8''%e2%82%ac", '<u> ; rel="n\\ext"; anchor="#x"', ",, <a>;; rel = next ,"],
    "retryAfter": ["120", " 5\t", "Wed, 21 Oct 2015 07:28:00 GMT", "99999999999999999999", "-1", "1.5"],
    "httpDate": [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Tue, 29 Feb 2000 23:59:60 GMT"],
    "setCookie": [
        "sid=31d4d96e407aad42; Path=/; Secure; HttpOnly; SameSite=Lax", "a=b; Expires=Wed, 09 Jun 2021 10:18:14 GMT",
        "__Host-a=b=c; Max-Age=-1; Domain=.example.com", '=x; a="b c"; domain=', "a", ";"],
    "cookieDate": ["Wed, 09 Jun 2021 10:18:14 GMT", "09-Jun-21 1:2:3", "2021 jun 9 10:18:14 x", "Jan 1 70 00:00:00"],
    "challenge": [
        'Bearer realm="a, b", error="invalid_token", error_description="x \\"y\\""', "Basic realm=x, Digest a=b, c=d",
        "Negotiate YWJj==, Newauth", 'DPoP algs="ES256 PS256", , Bearer'],
    "requestTarget": ["/users/ada?q=a b&x=[1]", "users/../x", "/a%2Fb", "//evil.example/", "https:evil", "/ä?ö=%41"],
    "absoluteURL": [
        "https://api.example.com:8443/a/./b/../c?d=e#f", "http://[2001:DB8::1]:80/", "//x.test/%41", "?q", "../../x",
        "https://a\\@b/", "https://user:pw@x/", "HTTPS://EXAMPLE.com:443", "http://127.1/", "https://a..b/"],
    "events": [
        "\ufeffid: 1\nevent: add\ndata: a\ndata: b\nretry: 100\n\n", ": comment\r\ndata\r\rdata:\r\n\r\nid\ndata: x\n\n",
        "data:  two spaces\n\nid: a\0b\ndata: y\n\n"],
    "jsonLines": ['{"a":1}\n\n  \r\n{"b":2}\r\n3'],
    "multipartName": ['a "b"\r\n\\c.txt', "ä%22.png", "../../x"],
    "contentRange": ["bytes 0-499/1234", "bytes */1234", "bytes 5-9/*", "BYTES 1-0/2", "bytes 0-9/9"],
    "redaction": [
        "Authorization: Bearer abc123DEF456ghi\nCookie: a=b; sid=31d4d96e\r\nSet-Cookie: sid=31d4d96e; Path=/\n",
        "https://u:p4ss@h/?access_token=9f8e7d6c5b4a&code=SplxlOBeZQQYbYS6WxSbIA", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        '{"client_secret":"s3cr3t-value-x","password": "abc\\"d"}', "two\nlines of it two%0Alines%20of%20it",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nabc=\n-----END PRIVATE KEY-----\n",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345 AKIAIOSFODNN7EXAMPLE SG.0123456789abcdefghij.0123456789abcdefghij",
        "100%25%sure+41 100%2525%25sure%2B41 abcabcabcabcab1d password=hunter2 token: 1234abcd x-api-key: 1234abcd"],
    "extendedValue": ["UTF-8'en'%e2%82%ac%20rates", "utf-8''abc", "ISO-8859-1'en'%A3"],
}

# Pieces that inputs for the comparison are made of, besides single characters of the seeds.
PIECES = {
    "link": ["<", ">", ";", ",", " ", "rel=", '"', "next", "</a>", '; rel="next"', "; title=\"x\"", "\\", "=", "prev"],
    "setCookie": ["=", ";", " ", "Path=/", "Domain=a.test", "Max-Age=1", "Secure", "HttpOnly", "SameSite=Strict", '"', ","],
    "httpDate": ["Sun, ", "06 ", "Nov ", "1994 ", "08:49:37", " GMT", "-", ":", "2100", "31", "Feb", "00", "+0100", "24"],
    "cookieDate": ["Sun, ", "06 ", "Nov ", "1994 ", "08:49:37", " GMT", "-", ":", "2100", "31", "Feb", "00", "99", "/"],
    "retryAfter": ["0", "12", "-", "+", " ", ".", "Sun, 06 Nov 2094 08:49:37 GMT", "e", "GMT"],
    "challenge": ["Bearer ", "Basic ", "realm=", '"', ",", "=", " ", "a=b", "error=", "\\", "abc=="],
    "contentRange": ["bytes ", "-", "/", "*", "0", "10", "99", " ", "items "],
    "absoluteURL": ["https://", "http://", "a.test", ":", "/", "?", "#", "@", "..", "%41", "[::1]", "8080", "\\", "."],
    "multipartName": ['"', "\\", "%22", "\r", "\n", "a", "ä", ";", "="],
    "extendedValue": ["UTF-8''", "%e2%82%ac", "%", "'", "a", "iso-8859-1'en'", "%41", "%zz"],
}


def inputs(target, count, seed):
    dice = random.Random(f"{target} {seed}")
    seeds, pieces = SEEDS[target], PIECES[target]
    found = set(seeds)
    while len(found) < count:
        text = dice.choice(seeds) if dice.random() < 0.7 else ""
        for _ in range(dice.randint(1, 5)):
            place = dice.randint(0, len(text))
            action = dice.random()
            if action < 0.45:
                text = text[:place] + dice.choice(pieces) + text[place:]
            elif action < 0.65:
                text = text[:place] + text[place + dice.randint(1, 4):]
            elif action < 0.85:
                source = dice.choice(seeds)
                start = dice.randint(0, len(source))
                text = text[:place] + source[start:start + dice.randint(1, 12)] + text[place:]
            else:
                text = text[:place] + chr(dice.choice([dice.randint(0x20, 0x7E), dice.randint(0x30, 0x39)])) + text[place + 1:]
        found.add(text[:300])
    return sorted(found)


def answers(program, target, texts):
    lines = "".join(text.encode().hex() + "\n" for text in texts)
    run = subprocess.run([program, "answers", target], input=lines, capture_output=True, text=True, timeout=600)
    found = run.stdout.split("\n")[:-1]
    if run.returncode != 0 or len(found) != len(texts):
        raise Unusable(f"parsers answers {target}: code {run.returncode}, {len(found)} of {len(texts)} answers")
    return found


def values(answer):
    return [json.loads(part) if part.startswith('"') else part for part in answer.split("\t")]


# Each comparison returns None for agreement, or the class that the difference falls into; "?" for none. ---------------


def link(text, answer, other):
    ours = None if answer == "error" else [
        [json.loads(part) for part in one.split("\t")] for one in answer.split("\t;\t") if one]
    try:
        theirs = [(item["url"], item.get("rel")) for item in other.utils.parse_header_links(text)]
    except Exception:  # whatever a parser throws is its answer
        theirs = None
    if ours is None:
        return "not in RFC 8288's grammar: ours refuses, requests guesses" if theirs is not None else None
    if theirs is None:
        return "requests fails where RFC 8288 allows a parameter"
    mine = [(one[0], one[1:]) for one in ours]
    if [url for url, _ in mine] == [url for url, _ in theirs]:
        if all(rels == (rel.split() if rel else []) for (_, rels), (_, rel) in zip(mine, theirs)):
            return None
        return "relation: RFC 8288 §3.3 compares without case, splits at spaces and counts the first only"
    if not ours:
        return "requests makes a link of a field without one" if theirs else None
    if any(character in text for character in ',"\\'):
        return "commas, quotes and angle brackets inside of targets or values: requests splits there"
    return "requests strips quotes and spaces from targets, RFC 8288 §3.1 does not"


def dates(text, answer, other):
    ours = None if answer == "none" else int(answer)
    parsed = email.utils.parsedate_tz(text)
    try:
        theirs = calendar.timegm(parsed[:6] + (0, 0, 0)) - (parsed[9] or 0) if parsed else None
    except (ValueError, OverflowError):
        theirs = None
    if ours == theirs:
        return None
    if ours is None:
        return "not one of RFC 9110 §5.6.7's three forms: email.utils is lenient, or the date does not exist"
    if theirs is None:
        return "asctime, RFC 850 or spacing that email.utils does not know"
    if ":60" in text:
        return "leap second"
    return "two-digit year: RFC 9110 §5.6.7's rule of 50 years, RFC 5322's of 1969" if abs(ours - theirs) > 10**8 else "?"


def cookie_dates(text, answer, other):
    ours = None if answer == "none" else int(answer)
    try:
        parsed = other.http.parse_date(text)
        theirs = calendar.timegm(parsed.utctimetuple()) if parsed else None
    except (ValueError, OverflowError):
        theirs = None
    if ours == theirs:
        return None
    if ours is None:
        return "RFC 6265bis §5.1.1 finds no day, month, year or time in it, or the date does not exist"
    if theirs is None:
        return "RFC 6265bis §5.1.1 takes any order and any separators"
    return "parts in another order, a zone, or a two-digit year: RFC 6265bis §5.1.1 decides by its own rules"


def set_cookie(text, answer, other):
    ours = None if answer == "none" else values(answer)
    jar = http.cookies.SimpleCookie()
    try:
        jar.load(text)
        theirs = next(iter(jar.items()), None)
    except http.cookies.CookieError:
        theirs = None
    if ours is None:
        return None if theirs is None else "no pair (RFC 6265bis §5.6 step 5)"
    if theirs is None:
        return "RFC 6265bis §5.6 takes names and values of any characters; http.cookies wants tokens"
    name, morsel = theirs
    if len(jar) > 1:
        return "http.cookies reads several cookies of one Set-Cookie field"
    same = ours[0] == name and ours[1] == morsel.coded_value
    if not same:
        return "quotes, spaces or separators: RFC 6265bis §5.6 cuts at the first semicolon and equals sign only"
    path = morsel["path"] if morsel["path"].startswith("/") else "-"
    if ours[3] not in (path, "-") and path != "-":
        return "several or quoted paths"
    if (ours[5] == "S") != bool(morsel["secure"]) or (ours[6] == "H") != bool(morsel["httponly"]):
        return "a flag with a value, or one that http.cookies does not see behind odd attributes"
    return None


def retry_after(text, answer, other):
    ours = None if answer == "none" else int(answer)
    retry = other.util.Retry(retry_after_max=10**12) if "retry_after_max" in other.util.Retry.__init__.__code__.co_varnames \
        else other.util.Retry()
    try:
        theirs = retry.parse_retry_after(text)
    except Exception:  # InvalidHeader, OverflowError
        theirs = None
    if ours is None:
        return None if theirs is None else "a date that is none of RFC 9110 §5.6.7's three forms"
    if theirs is None:
        return "asctime or spacing that email.utils does not know"
    if text.strip(" \t").isdigit():
        return None if ours == min(theirs, 9 * 10**9) or theirs >= 21600 else "?"
    return "a date: urllib3 counts from its own clock"


def challenge(text, answer, other):
    ours = [[json.loads(part) for part in one.split("\t")] for one in answer.split("\t;\t") if one]
    try:
        found = other.datastructures.WWWAuthenticate.from_header(text)
    except Exception:
        found = None
    if not ours:
        return None if found is None else "werkzeug takes a scheme of any characters, RFC 9110 §11.1 a token"
    if found is None:
        return "werkzeug wants parameters behind the scheme, RFC 9110 §11.3 does not"
    if len(ours) > 1:
        return "several challenges (RFC 9110 §11.6.1): werkzeug knows one"
    mine = (ours[0][0], ours[0][1], dict(zip(ours[0][2::2], ours[0][3::2])))
    theirs = (found.type, found.token or "", {key: value for key, value in found.parameters.items() if value is not None})
    if mine == theirs:
        return None
    return "a broken or repeated parameter: ours keeps what came before it and the first of a name, werkzeug guesses"


def content_range(text, answer, other):
    ours = None if answer == "error" else answer.split("\t")
    found = other.http.parse_content_range_header(text)
    theirs = None
    if found is not None:
        stop = None if found.stop is None else found.stop - 1
        theirs = [str(part) if part is not None else "*" for part in (found.start, stop, found.length)]
    if ours == theirs:
        return None
    if ours is None:
        return "another unit than bytes, signs, or `*/*`: RFC 9110 §14.4 has no such form"
    if any(len(digits) > 18 for digits in ours):
        return "numbers beyond 2^63"
    return "spaces or case of the unit" if theirs is None else "?"


def url(text, answer, other):
    ours = None if answer == "error" else values(answer)
    try:
        parsed = urllib.parse.urlsplit(text)
        port = parsed.port
        theirs = (parsed.scheme, parsed.hostname, port, parsed.path, parsed.query)
    except ValueError:
        theirs = None
    if ours is None:
        return None if theirs is None or theirs[0] not in ("http", "https") or not theirs[1] else \
            "refused for what parsers disagree on: user information, backslashes, spaces, numbers as hosts, odd ports"
    if theirs is None:
        return "?"
    scheme, host, port, path, query = theirs
    port = None if port == {"http": 80, "https": 443}.get(scheme) else port
    origin = f"{scheme}://{'[' + host + ']' if host and ':' in host else host}{'' if port is None else f':{port}'}"
    if ours[0] != origin:
        return "one address, two spellings (RFC 5952)" if "[" in ours[0] and "[" in origin else "?"
    if ours[2] != (query or "-") and urllib.parse.unquote(ours[2]) != urllib.parse.unquote(query or "-") \
            and not (ours[2] == "" and query == ""):
        return "?"
    plain = urllib.parse.unquote(ours[1]) == urllib.parse.unquote(path or "/")
    return None if plain else "dot segments are removed (RFC 3986 §5.2.4), as in every URL that is sent"


def multipart_name(text, answer, other):
    """The name as a server of another language reads it from the head."""
    name = json.loads(answer)
    _, found = other.http.parse_options_header(f'form-data; name="{name}"')
    expected = text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
    if name != expected:
        return "?"
    got = found.get("name")
    if got in (name, text) or got == text.replace("%22", '"'):
        return None
    return "a backslash, which werkzeug takes for an escape and WHATWG HTML does not"


def extended_value(text, answer, other):
    ours = None if answer == "none" else json.loads(answer)
    charset, _, value = email.utils.decode_rfc2231(text)
    try:
        raw = urllib.parse.unquote_to_bytes(value)
        theirs = raw.decode("utf-8") if charset and charset.lower() == "utf-8" else None
    except UnicodeDecodeError:
        theirs = None
    if ours == theirs:
        return None
    return "characters that RFC 8187 §3.2.1 does not allow outside of escapes, or broken escapes" if ours is None else "?"


COMPARISONS = {
    "link": ("requests.utils.parse_header_links", "requests", link),
    "httpDate": ("email.utils.parsedate_tz", None, dates),
    "cookieDate": ("werkzeug.http.parse_date", "werkzeug", cookie_dates),
    "setCookie": ("http.cookies.SimpleCookie", None, set_cookie),
    "retryAfter": ("urllib3 Retry.parse_retry_after", "urllib3", retry_after),
    "challenge": ("werkzeug WWWAuthenticate", "werkzeug", challenge),
    "contentRange": ("werkzeug.http.parse_content_range_header", "werkzeug", content_range),
    "absoluteURL": ("urllib.parse.urlsplit", None, url),
    "multipartName": ("werkzeug.http.parse_options_header", "werkzeug", multipart_name),
    "extendedValue": ("email.utils.decode_rfc2231", None, extended_value),
}


def compare(program, count, seed, figures):
    for target, (name, module, judge) in COMPARISONS.items():
        try:
            other = importlib.import_module(module) if module else None
            for part in {"werkzeug": ["http", "datastructures"]}.get(module, []):
                importlib.import_module(f"{module}.{part}")
        except ImportError:
            figures.check(f"compare {target} with {name}", "not installed", f">= {count} inputs", False)
            continue
        texts = inputs(target, count, seed)
        classes, unexplained = {}, []
        for text, answer in zip(texts, answers(program, target, texts)):
            verdict = judge(text, answer, other)
            if verdict == "?":
                unexplained.append((text, answer))
            elif verdict:
                classes.setdefault(verdict, []).append(text)
        same = len(texts) - len(unexplained) - sum(map(len, classes.values()))
        figures.check(f"compare {target} with {name}",
                      f"{len(texts)} inputs, {same} the same, {len(unexplained)} unexplained",
                      f">= {count} inputs, all explained", len(texts) >= count and not unexplained)
        for verdict, found in sorted(classes.items(), key=lambda item: -len(item[1])):
            print(f"  {len(found)}: {verdict}; for example {min(found, key=len)!r}")
        for text, answer in unexplained[:5]:
            print(f"  unexplained: {text!r}: {answer}")
