/// What a `Set-Cookie` field says (RFC 6265bis §5.6), before it is decided whether it counts.
struct SetCookie: Sendable, Hashable {
    enum SameSite: String, Sendable, Hashable, Codable {
        case unstated, none, lax, strict
    }

    static let longestPair = 4096
    static let longestAttribute = 1024

    var name: String
    var value: String
    /// The time that `Expires` names, as far as it can be understood.
    var expires: Timestamp?
    /// Seconds; those of zero and less mean the past.
    var maxAge: Int64?
    /// In lower case and without a leading dot; nil where there is none.
    var domain: String?
    /// Begins with a slash; nil where the default path counts.
    var path: String?
    var isSecure = false
    var isHTTPOnly = false
    var sameSite = SameSite.unstated

    /// Nil for what a client must ignore. The pair may be of any form that servers send; attributes that cannot be
    /// understood are as good as absent, and the last of a name counts.
    init?(_ field: String) {
        let bytes = field.utf8
        guard bytes.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard let pair = parts.first else { return nil }
        let (name, value) = SetCookie.halves(pair)
        if let value {
            (self.name, self.value) = (String(Substring(name)), String(Substring(value)))
        } else {
            (self.name, self.value) = ("", String(Substring(name)))
        }
        guard self.name.utf8.count + self.value.utf8.count <= SetCookie.longestPair else { return nil }
        guard !self.name.isEmpty || !self.value.isEmpty else { return nil }
        for part in parts.dropFirst() {
            let (name, value) = SetCookie.halves(part)
            guard value?.count ?? 0 <= SetCookie.longestAttribute else { continue }
            take(String(Substring(name)).lowercased(), value.map { String(Substring($0)) } ?? "")
        }
    }

    private mutating func take(_ attribute: String, _ value: String) {
        switch attribute {
        case "expires": expires = CookieDate.parse(value) ?? expires
        case "max-age": maxAge = SetCookie.seconds(value) ?? maxAge
        case "domain":
            // By bytes: a dot and a combining mark are one character.
            let name = value.utf8.first == UInt8(ascii: ".") ? String(Substring(value.utf8.dropFirst())) : value
            domain = name.isEmpty ? nil : name.lowercased()
        case "path": path = value.utf8.first == UInt8(ascii: "/") ? value : nil
        case "secure": isSecure = true
        case "httponly": isHTTPOnly = true
        case "samesite": sameSite = SameSite(rawValue: value.lowercased()) ?? .unstated
        default: break
        }
    }

    private static func seconds(_ value: String) -> Int64? {
        let digits = value.utf8.first == UInt8(ascii: "-") ? value.utf8.dropFirst() : value.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
        return Int64(value) ?? (digits.count == value.utf8.count ? .max : .min)
    }

    /// Both sides of the first equals sign, without spaces and tabs at their ends.
    private static func halves(
        _ part: Substring.UTF8View
    ) -> (Substring.UTF8View, Substring.UTF8View?) {
        guard let mark = part.firstIndex(of: UInt8(ascii: "=")) else { return (trimmed(part), nil) }
        return (trimmed(part[..<mark]), trimmed(part[part.index(after: mark)...]))
    }

    private static func trimmed(_ part: Substring.UTF8View) -> Substring.UTF8View {
        var part = part
        while let byte = part.first, byte == 0x20 || byte == 0x09 { part.removeFirst() }
        while let byte = part.last, byte == 0x20 || byte == 0x09 { part.removeLast() }
        return part
    }
}

/// The dates of cookies (RFC 6265bis §5.1.1): far more forms than those of HTTP.
enum CookieDate {
    static func parse(_ text: String) -> Timestamp? {
        var time: (Int, Int, Int)?
        var day: Int?
        var month: Int?
        var year: Int?
        for token in text.utf8.split(whereSeparator: isDelimiter) {
            if time == nil, let found = clock(token) {
                time = found
            } else if day == nil, let found = number(token, 1...2) {
                day = found
            } else if month == nil, let found = HTTPDate.month(of: token.prefix(3)) {
                month = found
            } else if year == nil, let found = number(token, 2...4) {
                year = found
            }
        }
        guard let time, let day, let month, var year else { return nil }
        if (70...99).contains(year) { year += 1900 }
        if (0...69).contains(year) { year += 2000 }
        guard time.2 <= 59 else { return nil }
        return HTTPDate.timestamp(year, month, day, hour: time.0, minute: time.1, second: time.2)
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x20...0x2F, 0x3B...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// Digits at the beginning, followed by none; what comes after does not count.
    private static func number(_ token: Substring.UTF8View, _ digits: ClosedRange<Int>) -> Int? {
        let found = token.prefix(while: \.isDigit)
        return digits.contains(found.count) ? Int(Substring(found)) : nil
    }

    private static func clock(_ token: Substring.UTF8View) -> (Int, Int, Int)? {
        let parts = token.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].allSatisfy(\.isDigit), parts[1].allSatisfy(\.isDigit),
            let hour = number(parts[0], 1...2), let minute = number(parts[1], 1...2),
            let second = number(parts[2], 1...2)
        else { return nil }
        return (hour, minute, second)
    }
}
