import HTTPTypes

private func expect(_ holds: Bool, _ property: String) {
    guard holds else { fatalError("property does not hold: \(property)") }
}

/// The parsers under test, each with the properties that hold for every input. Compiled into one module with the core,
/// so that no parser has to be public for it (`Scripts/fuzz`).
enum FuzzTarget: String, CaseIterable {
    case link, retryAfter, httpDate, setCookie, cookieDate, challenge, requestTarget, absoluteURL, events, jsonLines
    case multipartName, contentRange, extendedValue, redaction

    static let now = Timestamp(secondsSinceEpoch: 1_767_225_600)

    /// Ends the process when a property does not hold.
    func check(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        switch self {
        case .link: FuzzTarget.checkLink(text)
        case .retryAfter: FuzzTarget.checkRetryAfter(text)
        case .httpDate: FuzzTarget.checkDate(text) { HTTPDate.parse($0, now: Self.now) }
        case .cookieDate: FuzzTarget.checkDate(text, CookieDate.parse)
        case .setCookie: FuzzTarget.checkSetCookie(text)
        case .challenge: FuzzTarget.checkChallenge(text)
        case .requestTarget: FuzzTarget.checkRequestTarget(text)
        case .absoluteURL: FuzzTarget.checkAbsoluteURL(text)
        case .events: FuzzTarget.checkEvents(bytes)
        case .jsonLines: FuzzTarget.checkJSONLines(bytes)
        case .redaction: FuzzTarget.checkRedaction(bytes)
        case .multipartName: FuzzTarget.checkMultipartName(text)
        case .contentRange:
            guard let range = ContentRange(text) else { return }
            expect(range.first.map { $0 >= 0 } ?? (range.total != nil), "a range of nothing")
            let total = range.total.map(String.init) ?? "*"
            let span = range.first.flatMap { first in range.last.map { "\(first)-\($0)" } } ?? "*"
            expect(ContentRange("bytes \(span)/\(total)") == range, "round trip")
        case .extendedValue:
            guard let value = ExtendedValue.decode(text) else { return }
            let escaped = value.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            expect(ExtendedValue.decode("UTF-8''\(escaped)") == value, "round trip")
        }
    }

    private static func checkLink(_ text: String) {
        guard let links = try? LinkParser.parse([text]) else { return }
        expect(links.allSatisfy { text.contains("<\($0.target)>") }, "no link is invented")
        let written = links.map(\.fieldValue).joined(separator: ", ")
        guard written.utf8.count <= LinkParser.longestField else { return }
        expect((try? LinkParser.parse([written])) == links, "round trip")
        for link in links { _ = (link["title"], link.anchor) }
    }

    private static func checkRetryAfter(_ text: String) {
        guard let wait = RetryAfter.parse(text, now: now) else { return }
        expect(wait >= .zero, "a wait is not negative")
        let seconds = wait.components.seconds
        expect(RetryAfter.parse(" \(seconds)\t", now: now) == .seconds(seconds), "round trip")
    }

    private static func checkDate(_ text: String, _ parse: (String) -> Timestamp?) {
        // Times that a timestamp cannot hold are clamped, and their clamped form is another date.
        guard let time = parse(text), time.nanoseconds % 1_000_000_000 == 0 else { return }
        expect(parse(date(time)) == time, "round trip")
        expect(parse(text) == time, "the same twice")
    }

    private static func checkSetCookie(_ text: String) {
        guard let cookie = SetCookie(text) else { return }
        var written = "\(cookie.name)=\(cookie.value)"
        if let expires = cookie.expires { written += "; Expires=\(date(expires))" }
        if let age = cookie.maxAge { written += "; Max-Age=\(age)" }
        if let domain = cookie.domain { written += "; Domain=.\(domain)" }
        if let path = cookie.path { written += "; Path=\(path)" }
        if cookie.isSecure { written += "; Secure" }
        if cookie.isHTTPOnly { written += "; HttpOnly" }
        if cookie.sameSite != .unstated { written += "; SameSite=\(cookie.sameSite.rawValue)" }
        // The dot that is written for the domain may make it too long.
        let isClamped = cookie.expires.map { $0.nanoseconds % 1_000_000_000 != 0 } ?? false
        if !isClamped, cookie.domain?.utf8.count ?? 0 < SetCookie.longestAttribute {
            expect(SetCookie(written) == cookie, "round trip")
        }
        guard let origin = Origin(scheme: .https, host: "a.b.example.com") else { return }
        let request = CookieStateMachine.Request(origin: origin, target: "/x/y?z")
        var jar = CookieStateMachine(suffixes: PublicSuffixList(text: "com\n*.uk\n"))
        jar.receive(cookie, of: request, now: now)
        let field = jar.field(for: request, now: now)
        expect(field?.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 } ?? true, "a field that can be sent")
        expect(jar.cookies.values.allSatisfy { Cookie.matches("a.b.example.com", domain: $0.domain) }, "own domain")
        expect(jar.cookies.values.allSatisfy { $0.domain != "com" }, "no public suffix")
    }

    private static func checkChallenge(_ text: String) {
        let challenges = ChallengeParser.parse([text])
        expect(challenges.count <= ChallengeParser.mostChallenges, "bounded")
        let written = challenges.map { challenge in
            if let token = challenge.token68 { return "\(challenge.scheme) \(token)" }
            let parameters = challenge.parameters.sorted { $0.key < $1.key }.map { name, value in
                let escaped = value.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
                return "\(name)=\"\(escaped)\""
            }
            return parameters.isEmpty ? challenge.scheme : "\(challenge.scheme) \(parameters.joined(separator: ", "))"
        }.joined(separator: ", ")
        guard written.utf8.count <= ChallengeParser.longestField else { return }
        expect(ChallengeParser.parse([written]) == challenges, "round trip")
    }

    private static func checkRequestTarget(_ text: String) {
        guard case .relative(let path) = RequestTarget(relative: text).destination else { return }
        expect(path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x23 }, "a line's characters")
        expect(RequestTarget(relative: path).destination == .relative(path), "encoding twice changes nothing")
        guard let base = try? BaseURL("https://api.example.com/v1") else { return }
        let target = base.requestTarget(path, query: [:], defaults: [:])
        guard let url = try? AbsoluteURL("https://api.example.com\(target)") else { return }
        expect(url.origin == base.origin, "the same origin")
        expect(url.path == "/v1" || url.path.hasPrefix("/v1/"), "below the base path")
    }

    private static func checkAbsoluteURL(_ text: String) {
        if let url = try? AbsoluteURL(text) {
            expect((try? AbsoluteURL(url.description)) == url, "round trip")
            expect((try? Origin(url.origin.description)) == url.origin, "round trip of the origin")
            expect((try? url.resolving("")) == url, "the empty reference is the URL itself")
        }
        guard let base = try? AbsoluteURL("https://api.example.com/a/b?c"), let url = try? base.resolving(text) else {
            return
        }
        expect((try? base.resolving(url.description)) == url, "resolving twice changes nothing")
        let isRelative = !text.contains("//")
        expect(!isRelative || url.origin == base.origin, "a path leads to no other origin")
    }

    private static func checkEvents(_ bytes: [UInt8]) {
        var whole = ServerSentEventParser()
        let events = whole.take(bytes[...])
        guard !whole.isTooLong else { return }
        var split = ServerSentEventParser()
        var pieces: [ServerSentEvent] = []
        var rest = bytes[...]
        while let first = rest.first {
            let piece = rest.prefix(Int(first % 5) + 1)
            rest = rest.dropFirst(piece.count)
            pieces += split.take(piece)
        }
        expect(pieces == events && split.lastEventID == whole.lastEventID && split.retry == whole.retry, "any pieces")
        var written = ""
        for event in events {
            written += "id: \(event.id)\nevent: \(event.type)\n"
            for line in event.data.split(separator: "\n", omittingEmptySubsequences: false) {
                written += "data: \(line)\n"
            }
            written += "\n"
        }
        var again = ServerSentEventParser()
        expect(again.take(Array(written.utf8)[...]) == events, "round trip")
    }

    private static func checkJSONLines(_ bytes: [UInt8]) {
        var whole = LineSplitter(longest: 1000)
        var split = LineSplitter(longest: 1000)
        var lines = whole.take(bytes[...])
        guard !whole.isTooLong else { return }
        var pieces: [[UInt8]] = []
        for byte in bytes { pieces += split.take([byte]) }
        lines += whole.finish()
        pieces += split.finish()
        expect(lines == pieces, "any pieces")
        expect(lines.allSatisfy { !$0.contains(0x0A) && !$0.isEmpty }, "lines")
    }

    private static func checkMultipartName(_ text: String) {
        let name = MultipartPart.escaped(text)
        expect(!name.utf8.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0x22 }, "nothing that ends the name")
        guard let head = try? MultipartPart.file(text, text, filename: text, contentType: "a/b").head(boundary: "x")
        else {
            return expect(false, "a part can be written")
        }
        expect(head.count { $0 == 0x0A } == 4 && head.count { $0 == 0x22 } == 4, "four lines and two quoted names")
    }

    /// A time as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    static func date(_ time: Timestamp) -> String {
        let seconds = time.nanoseconds / 1_000_000_000
        var days = Int(seconds / 86_400)
        var rest = Int(seconds % 86_400)
        if rest < 0 { (days, rest) = (days - 1, rest + 86_400) }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
        return "Sun, \(two(day)) \(names[month - 1]) \(year) \(clock) GMT"
    }
}
