/// The three date forms of HTTP (RFC 9110 §5.6.7): IMF-fixdate, RFC 850 and asctime.
package enum HTTPDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// The time that `text` names; nil when it is none of the three forms.
    package static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        guard text.utf8.count <= 64 else { return nil }
        var parts = text.lowercased().split { $0 == " " || $0 == "," }.map(String.init)
        if parts.count == 4 {
            parts.replaceSubrange(
                1...1, with: parts[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init))
        }
        if parts.count == 6, parts[5] == "gmt", let month = month(parts[2]), let day = number(parts[1], 2...2) {
            if let year = number(parts[3], 4...4) { return timestamp(year, month, day, parts[4]) }
            // RFC 850: a two-digit year that seems more than 50 years ahead is in the past.
            guard let short = number(parts[3], 2...2) else { return nil }
            let century = currentYear(now) / 100 * 100
            let year = century + short > currentYear(now) + 50 ? century + short - 100 : century + short
            return timestamp(year, month, day, parts[4])
        }
        guard parts.count == 5, let month = month(parts[1]), let day = number(parts[2], 1...2),
            let year = number(parts[4], 4...4)
        else { return nil }
        return timestamp(year, month, day, parts[3])
    }

    private static func currentYear(_ now: Timestamp) -> Int {
        1970 + Int(now.nanoseconds / 1_000_000_000 / 31_556_952)
    }

    private static func month(_ name: String) -> Int? {
        months.firstIndex(of: name).map { $0 + 1 }
    }

    /// The number of the month of three letters in any case.
    static func month(of letters: some Sequence<UInt8>) -> Int? {
        month(String(decoding: letters.map(\.lowercased), as: UTF8.self))
    }

    private static func number(_ text: String, _ digits: ClosedRange<Int>) -> Int? {
        digits.contains(text.utf8.count) && text.utf8.allSatisfy(\.isDigit) ? Int(text) : nil
    }

    private static func timestamp(_ year: Int, _ month: Int, _ day: Int, _ time: String) -> Timestamp? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0), 2...2) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2] else { return nil }
        return timestamp(year, month, day, hour: hour, minute: minute, second: second)
    }

    /// The time of a date that exists, from 1601 on; nil for others.
    package static func timestamp(
        _ year: Int, _ month: Int, _ day: Int, hour: Int, minute: Int, second: Int
    ) -> Timestamp? {
        guard (1601...9999).contains(year), (1...daysInMonth(year, month)).contains(day), (0..<24).contains(hour),
            (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        let seconds = daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
        return Timestamp(secondsSinceEpoch: Int64(seconds))
    }

    private static func daysInMonth(_ year: Int, _ month: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        switch month {
        case 2: return isLeap ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar.
    private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
