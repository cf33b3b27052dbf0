/// `Retry-After` (RFC 9110 §10.2.3): seconds, or one of the three date forms of §5.6.7.
package enum RetryAfter {
    /// The wait from `now`; nil when the value is neither form. Never negative; above about 292 years clamped.
    package static func parse(_ value: String, now: Timestamp) -> Duration? {
        let text = value.utf8.drop { $0 == 0x20 || $0 == 0x09 }
        let trimmed = text.prefix(text.count - text.reversed().prefix { $0 == 0x20 || $0 == 0x09 }.count)
        guard !trimmed.isEmpty, trimmed.count <= 64 else { return nil }
        if trimmed.allSatisfy(\.isDigit) {
            let digits = String(Substring(trimmed))
            return .seconds(min(Int64(digits) ?? .max, 9_000_000_000))
        }
        guard let date = HTTPDate.parse(String(Substring(trimmed)), now: now) else { return nil }
        return max(.zero, now.duration(to: date))
    }
}
