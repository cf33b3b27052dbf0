#if !FUZZER
extension FuzzTarget {
    /// What the parser says, in a form that a script can compare: fields separated by tabs, values as JSON strings.
    func answer(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        switch self {
        case .link:
            guard let links = try? LinkParser.parse([text]) else { return "error" }
            return links.map { ([$0.target] + $0.relations).map(quoted).joined(separator: "\t") }
                .joined(separator: "\t;\t")
        case .retryAfter: return RetryAfter.parse(text, now: Self.now).map { "\($0.components.seconds)" } ?? "none"
        case .httpDate: return seconds(HTTPDate.parse(text, now: Self.now))
        case .cookieDate: return seconds(CookieDate.parse(text))
        case .setCookie:
            guard let cookie = SetCookie(text) else { return "none" }
            return [
                quoted(cookie.name), quoted(cookie.value), cookie.domain.map(quoted) ?? "-",
                cookie.path.map(quoted) ?? "-", cookie.maxAge.map { "\($0)" } ?? "-", cookie.isSecure ? "S" : "-",
                cookie.isHTTPOnly ? "H" : "-", cookie.sameSite.rawValue,
            ].joined(separator: "\t")
        case .challenge:
            return ChallengeParser.parse([text]).map { challenge in
                let parameters = challenge.parameters.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
                return ([challenge.scheme, challenge.token68 ?? ""] + parameters).map(quoted).joined(separator: "\t")
            }.joined(separator: "\t;\t")
        case .absoluteURL:
            guard let url = try? AbsoluteURL(text) else { return "error" }
            return [url.origin.description, url.path, url.query ?? "-"].map(quoted).joined(separator: "\t")
        case .requestTarget:
            guard case .relative(let path) = RequestTarget(relative: text).destination else { return "error" }
            return quoted(path)
        case .contentRange:
            guard let range = ContentRange(text) else { return "error" }
            return [range.first, range.last, range.total].map { $0.map { "\($0)" } ?? "*" }.joined(separator: "\t")
        case .multipartName: return quoted(MultipartPart.escaped(text))
        case .extendedValue: return ExtendedValue.decode(text).map(quoted) ?? "none"
        case .events, .jsonLines, .redaction: return "-"
        }
    }

    private func seconds(_ time: Timestamp?) -> String {
        time.map { "\($0.nanoseconds / 1_000_000_000)" } ?? "none"
    }

    private func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" || scalar.value < 0x20 || scalar.value > 0x7E {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }

    /// The shapes that made parsers of others quadratic.
    private static let shapes = [
        "<a>; rel=next, ", "<a", "; a=\"\\\"", ",", " ", "\t", "=", "a=\"", "\\", "Bearer a=b, ", "a ", "../", "%41",
        "a/./",
        "data: x\n", "\n", "\r", ":", "id\n", "[", "1", "-", "Mon, ", "'%41",
    ]

    /// What rules and escapes begin with.
    private static let redactionShapes = [
        "token=", "-eyJ", "Cookie: a=", "a://", "-----BEGIN PRIVATE KEY-----", "\"password\":\"", "\\u0041", "%2541",
        "Authorization: Digest ", "abcabcabcab1d",
    ]

    /// Prints seconds for each shape at a size and at four times that size; in linear time the second is four times the
    /// first.
    func printTimes() {
        let clock = ContinuousClock()
        for shape in Self.shapes + (self == .redaction ? Self.redactionShapes : []) {
            var times: [Double] = []
            for size in [16_000, 64_000] {
                let input = Array(String(repeating: shape, count: size / shape.utf8.count).utf8)
                var best = Duration.seconds(3600)
                for _ in 0..<5 {
                    best = min(best, clock.measure { for _ in 0..<4 { check(input) } })
                }
                let parts = best.components
                times.append(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
            }
            print(rawValue, "\"\(shape.debugDescription.dropFirst().dropLast())\"", times[0], times[1], separator: "\t")
        }
    }
}
#endif
