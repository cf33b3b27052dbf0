import HTTPTypes

/// One limit as an answer announces it.
struct RateLimitReading: Sendable, Hashable {
    /// The policy's name; empty where there is none.
    var name: String
    /// The requests left.
    var remaining: Int
    /// How long until there are new ones; nil when the answer does not say.
    var reset: Duration?
    /// The requests of a whole window; nil when the answer does not say.
    var quota: Int?

    private static let longest: Int64 = 9_000_000_000

    /// Every limit that an answer announces, at most eight.
    static func all(_ head: HTTPResponse, now: Timestamp) -> [RateLimitReading] {
        var fields: [String: String] = [:]
        for field in head.headerFields {
            let name = field.name.canonicalName
            guard name.hasPrefix("ratelimit") || name.hasPrefix("x-rate") else { continue }
            // Several lines of a field are one list (RFC 9110 §5.3).
            fields[name] = fields[name].map { "\($0), \(field.value)" } ?? field.value
        }
        var readings = draft(fields["ratelimit"], policies: fields["ratelimit-policy"])
        if readings.isEmpty {
            for prefix in ["ratelimit-", "x-ratelimit-", "x-rate-limit-"] {
                guard let reading = counters(fields, prefix, now) else { continue }
                readings = [reading]
                break
            }
        }
        if head.status.code == 429,
            let wait = head.headerFields[.retryAfter].flatMap({ RetryAfter.parse($0, now: now) })
        {
            readings.append(RateLimitReading(name: "429", remaining: 0, reset: wait))
        }
        return Array(readings.prefix(8))
    }

    /// `"default";r=50;t=30`, and the older `limit=100, remaining=50, reset=30`.
    private static func draft(_ value: String?, policies: String?) -> [RateLimitReading] {
        guard let value else { return [] }
        guard let members = StructuredField.list(value) else { return older(value) }
        let quotas = policies.flatMap { StructuredField.list($0) } ?? []
        return members.compactMap { member in
            guard let name = member.item.text, case .integer(let left)? = member.parameters["r"] else { return nil }
            var reading = RateLimitReading(name: name, remaining: clamped(left))
            if case .integer(let seconds)? = member.parameters["t"], seconds >= 0 {
                reading.reset = .seconds(min(seconds, longest))
            }
            let policy = quotas.first { $0.item.text == name }?.parameters
            // Limits of bytes or of requests at the same time are not counted down by requests.
            if let unit = policy?["qu"]?.text, unit != "requests" { return nil }
            if case .integer(let quota)? = policy?["q"] { reading.quota = clamped(quota) }
            return reading
        }
    }

    private static func older(_ value: String) -> [RateLimitReading] {
        var numbers: [String: Int64] = [:]
        for part in value.utf8.prefix(1024).split(separator: UInt8(ascii: ",")) {
            let pair = String(Substring(part)).split(separator: "=").map { $0.filter { $0 != " " && $0 != "\t" } }
            if pair.count == 2, let number = Int64(pair[1]) { numbers[pair[0].lowercased()] = number }
        }
        guard let left = numbers["remaining"] else { return [] }
        return [
            RateLimitReading(
                name: "", remaining: clamped(left),
                reset: numbers["reset"].map { .seconds(max(0, min($0, longest))) }, quota: numbers["limit"].map(clamped)
            )
        ]
    }

    private static func counters(_ fields: [String: String], _ prefix: String, _ now: Timestamp) -> RateLimitReading? {
        guard let left = fields["\(prefix)remaining"].flatMap(number) else { return nil }
        let limit = fields["\(prefix)limit"].flatMap(number)
        return RateLimitReading(
            name: "", remaining: clamped(left), reset: fields["\(prefix)reset"].flatMap(number).map { reset($0, now) },
            quota: limit.map(clamped))
    }

    /// Some servers give a wait in seconds, some the time in seconds or milliseconds since 1970.
    private static func reset(_ value: Int64, _ now: Timestamp) -> Duration {
        guard value >= 1_000_000_000 else { return .seconds(max(0, value)) }
        let seconds = value >= 100_000_000_000 ? value / 1000 : value
        return max(.zero, min(.seconds(longest), now.duration(to: Timestamp(secondsSinceEpoch: seconds))))
    }

    /// The whole part of the first number of a value such as `100`, `42.5` or `100;w=60`.
    private static func number(_ value: String) -> Int64? {
        let text = value.utf8.prefix(64).drop { $0 == 0x20 || $0 == 0x09 }
        let digits = text.prefix { $0.isDigit }
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        return Int64(String(Substring(digits)))
    }

    private static func clamped(_ value: Int64) -> Int {
        Int(clamping: max(0, value))
    }
}
