import TesseraCore

extension ServerReply {
    /// The answer with a `Date` (RFC 9110 §6.6.1), unless it has one.
    func dated(_ time: Timestamp) -> ServerReply {
        var reply = self
        if reply.fields["Date"] == nil { reply.fields["Date"] = Self.imfFixdate(time) }
        return reply
    }

    /// RFC 9110 §5.6.7.
    static func imfFixdate(_ time: Timestamp) -> String {
        let seconds = time.nanoseconds / 1_000_000_000 - (time.nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
        let days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
        let rest = seconds - days * 86_400
        let (year, month, day) = civil(days)
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = names[Int((days % 7 + 7) % 7)]
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { two($0) }.joined(separator: ":")
        return "\(weekday), \(two(day)) \(months[Int(month) - 1]) \(year) \(clock) GMT"
    }

    private static func two(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// Year, month and day of a number of days since 1970-01-01, in the proleptic Gregorian calendar.
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
