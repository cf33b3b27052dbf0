#if Secrets
package import TesseraCore

/// The forms of ISO 8601 in which AWS writes times: `20150830T123600Z` in signatures, `2015-08-30T12:36:00Z` in answers.
package enum AWSTime {
    /// The basic form, in UTC and whole seconds.
    package static func basic(_ time: Timestamp) -> String {
        let (days, second) = floorDivision(floorDivision(time.nanoseconds, by: 1_000_000_000).quotient, by: 86_400)
        let (year, month, day) = date(daysSinceEpoch: days)
        let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined()
        return "\(padded(year, 4))\(padded(month, 2))\(padded(day, 2))T\(clock)Z"
    }

    /// The time that a text of either form names; nil for others. Fractions of a second are dropped.
    package static func parse(_ text: String) -> Timestamp? {
        var rest = text.utf8[...]
        guard text.utf8.count <= 40, let year = number(4, &rest), skip("-", &rest), let month = number(2, &rest),
            skip("-", &rest), let day = number(2, &rest), let separator = rest.popFirst(),
            [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(separator),
            let hour = number(2, &rest), skip(":", &rest), let minute = number(2, &rest), skip(":", &rest),
            let second = number(2, &rest),
            let time = HTTPDate.timestamp(year, month, day, hour: hour, minute: minute, second: second)
        else { return nil }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst().drop(while: \.isDigit)
        }
        return offset(String(Substring(rest))).map { time.advanced(by: .seconds(-$0)) }
    }

    /// The seconds that a zone is ahead of UTC. `UTC` is what older releases of the AWS command line wrote.
    private static func offset(_ zone: String) -> Int64? {
        if ["Z", "z", "UTC"].contains(zone) { return 0 }
        var rest = zone.utf8[...]
        guard let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = number(2, &rest), skip(":", &rest), let minutes = number(2, &rest), rest.isEmpty, hours < 24,
            minutes < 60
        else { return nil }
        let seconds = Int64(hours * 3600 + minutes * 60)
        return sign == UInt8(ascii: "+") ? seconds : -seconds
    }

    private static func number(_ digits: Int, _ rest: inout Substring.UTF8View.SubSequence) -> Int? {
        let head = rest.prefix(digits)
        guard head.count == digits, head.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(digits)
        return Int(String(Substring(head)))
    }

    /// Separators stand in the extended form only.
    private static func skip(_ separator: Character, _ rest: inout Substring.UTF8View.SubSequence) -> Bool {
        if rest.first == separator.asciiValue { rest = rest.dropFirst() }
        return true
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func floorDivision(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// The proleptic Gregorian date, counted in eras of 400 years that begin in March.
    private static func date(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivision(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
#endif
