#if Secrets
import TesseraCore
import Testing

@testable import TesseraSecrets

@Suite struct `AWS times` {
    @Test(
        arguments: [
            (0, "19700101T000000Z"), (1_440_938_160, "20150830T123600Z"), (951_782_399, "20000228T235959Z"),
            (951_782_400, "20000229T000000Z"), (-1, "19691231T235959Z"), (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"), (1_795_831_200, "20261128T020000Z"),
        ] as [(Int64, String)])
    func `times are written and read back`(seconds: Int64, text: String) {
        let time = Timestamp(secondsSinceEpoch: seconds)
        #expect(AWSTime.basic(time) == text)
        #expect(AWSTime.parse(text) == time)
        #expect(AWSTime.basic(time.advanced(by: .nanoseconds(999_999_999))) == text)
    }

    @Test(
        arguments: [
            "2015-08-30T12:36:00Z", "2015-08-30T12:36:00.123456Z", "2015-08-30T14:36:00+02:00",
            "2015-08-30T07:06:00-05:30",
            "2015-08-30 12:36:00UTC", "2015-08-30T12:36:00+0000",
        ])
    func `the forms of answers are read`(text: String) {
        #expect(AWSTime.parse(text) == Timestamp(secondsSinceEpoch: 1_440_938_160))
    }

    @Test(
        arguments: [
            "", "2015-08-30", "2015-08-30T12:36:00", "2015-02-29T12:36:00Z", "2015-08-30T24:00:00Z",
            "20150830T123600ZZ",
            "+015-08-30T12:36:00Z", "2015-08-30T12:36:00+24:00", "soon", "1e300",
            "2015-08-30T12:36:00+\u{660}\u{661}:00",
            "0000-01-01T00:00:00Z", String(repeating: "9", count: 10_000),
        ])
    func `what is no time is none`(text: String) {
        #expect(AWSTime.parse(text) == nil)
    }

    @Test(arguments: [Int64.min, Int64.max])
    func `no time ends the process`(nanoseconds: Int64) {
        #expect(AWSTime.basic(Timestamp(nanoseconds: nanoseconds)).count == 16)
    }
}
#endif
