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
}
