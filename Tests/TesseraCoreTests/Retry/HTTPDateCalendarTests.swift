import Testing

@testable import TesseraCore

@Suite struct HTTPDateCalendarTests {
    private static let now = Timestamp(secondsSinceEpoch: 1_559_559_600)
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func parse(_ text: String, now: Timestamp = HTTPDateCalendarTests.now) -> Timestamp? {
        HTTPDate.parse(text, now: now)
    }

    /// Counted day by day, by the rule for leap years alone.
    @Test func `the first and last day of each month from 1601 to 2450`() {
        // 1601-01-01 is 134,774 days before 1970-01-01.
        var day = Int64(-134_774)
        for year in 1601...2450 {
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            for (index, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                let name = "\(Self.months[index]) \(year) 00:00:00 GMT"
                #expect(Self.parse("Mon, 01 \(name)") == Timestamp(secondsSinceEpoch: day * 86_400), "01 \(name)")
                day += Int64(length)
                let last = Timestamp(secondsSinceEpoch: (day - 1) * 86_400)
                #expect(Self.parse("Mon, \(length) \(name)") == last, "\(length) \(name)")
                #expect(Self.parse("Mon, \(length + 1) \(name)") == nil, "\(length + 1) \(name)")
            }
        }
    }

    @Test func `a text of 64 bytes is read, a longer one is not`() {
        let date = "Mon, 03 Jun 2019 11:30:12 GMT"
        #expect(Self.parse(date + String(repeating: " ", count: 64 - date.utf8.count)) != nil)
        #expect(Self.parse(date + String(repeating: " ", count: 65 - date.utf8.count)) == nil)
    }

    /// RFC 9110 §5.6.7, by years of the mean length: 2020 begins 50 of them after 1970.
    @Test func `a two-digit year is measured from the year that it is`() {
        let turn = Timestamp(secondsSinceEpoch: 50 * 31_556_952)
        let before = Timestamp(secondsSinceEpoch: 50 * 31_556_952 - 1)
        let text = "Wednesday, 01-Jan-70 00:00:00 GMT"
        #expect(Self.parse(text, now: turn) == Timestamp(secondsSinceEpoch: 3_155_760_000))
        #expect(Self.parse(text, now: before) == Timestamp(secondsSinceEpoch: 0))
    }

    @Test(arguments: [
        "Mon, 3 Jun 2019 11:30:12 GMT", "Mon, 003 Jun 2019 11:30:12 GMT", "Mon, 03 Jun 019 11:30:12 GMT",
        "Mon, 03 Jun 2019 1:30:12 GMT", "Mon, 03 Jun 2019 11:3:12 GMT", "Mon, 03 Jun 2019 11:30:2 GMT",
        "Mon, 03 Jun 2019 11:30:12:00 GMT", "Mon, 03 Jun 2019 11:30:1x GMT", "Mon, 03 Jun 1600 11:30:12 GMT",
        "Mon Jun 003 11:30:12 2019", "Mon Jun 3 11:30:12 19", "Mon Jux 3 11:30:12 2019", "Mon, 03 Jun 2019 GMT",
    ])
    func `what has another shape is no date`(text: String) {
        #expect(Self.parse(text) == nil)
    }

    @Test(arguments: [(10, 2010), (84, 2084), (99, 2099)])
    func `a two-digit year belongs to the century that it is`(short: Int, year: Int) {
        let in2085 = HTTPDate.timestamp(2085, 6, 3, hour: 0, minute: 0, second: 0)
        let expected = HTTPDate.timestamp(year, 1, 2, hour: 0, minute: 0, second: 0)
        #expect(in2085.flatMap { Self.parse("Tuesday, 02-Jan-\(short) 00:00:00 GMT", now: $0) } == expected)
    }

    @Test(arguments: [
        (-1, 0, 0, false), (0, -1, 0, false), (0, 0, -1, false), (0, 0, 0, true), (23, 59, 60, true),
        (24, 0, 0, false), (0, 60, 0, false), (0, 0, 61, false),
    ])
    func `a time of day that does not exist is no time`(hour: Int, minute: Int, second: Int, exists: Bool) {
        #expect((HTTPDate.timestamp(2019, 6, 3, hour: hour, minute: minute, second: second) != nil) == exists)
    }

    @Test(arguments: ["11::30:12", ":11:30:12", "11:30:12:"])
    func `a time with an empty part is no time`(time: String) {
        #expect(Self.parse("Mon, 03 Jun 2019 \(time) GMT") == nil)
    }
}
