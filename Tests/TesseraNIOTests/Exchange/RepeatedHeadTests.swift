#if NIO
import HTTPTypes
import NIOHTTP1
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

@Suite("Heads that repeat")
struct RepeatedHeadTests {
    private var last = RepeatedHead<ReceivedHead>()

    private func head(_ fields: [(String, String)], status: HTTPResponseStatus = .ok) -> HTTPResponseHead {
        HTTPResponseHead(version: .http1_1, status: status, headers: HTTPHeaders(fields))
    }

    private mutating func receive(
        _ fields: [(String, String)], status: HTTPResponseStatus = .ok, limits: ResponseLimits = ResponseLimits()
    ) throws -> HTTPTypes.HTTPResponse {
        try ReceivedHead(head(fields, status: status), limits: limits, last: &last).response
    }

    private func isKept(_ fields: [(name: String, value: String)], status: Int = 200) -> Bool {
        last.head(of: status, count: fields.count, fields) != nil
    }

    /// What came before on the connection has no part in what an answer says.
    @Test(
        "an answer after others reads as it would alone", arguments: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    mutating func anyOrder(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let names = ["Date", "date", "Server", "X-Id", "Content-Length", "Set-Cookie", "Content-Encoding"]
        let values = ["", "1", "12", "a", "Sat, 28 Nov 2026 12:00:00 GMT"]
        for _ in 0..<500 {
            let fields = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                (names.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "")
            }
            let status: HTTPResponseStatus = Bool.random(using: &random) ? .ok : .notFound
            var fresh = RepeatedHead<ReceivedHead>()
            let alone = try ReceivedHead(head(fields, status: status), limits: ResponseLimits(), last: &fresh)
            let here = try ReceivedHead(head(fields, status: status), limits: ResponseLimits(), last: &last)
            #expect(here.response.status == alone.response.status, "seed \(seed)")
            #expect(
                here.response.headerFields.map { "\($0.name.rawName): \($0.value)" }
                    == fields.map { "\($0.0): \($0.1)" }, "seed \(seed)")
            #expect(here.announcedLength == alone.announcedLength && here.isEncoded == alone.isEncoded, "seed \(seed)")
        }
    }

    @Test("a head is kept while status, names and values are the same")
    mutating func same() throws {
        _ = try receive([("Server", "K"), ("Age", "1")])
        #expect(isKept([("Server", "K"), ("Age", "1")]))
        #expect(!isKept([("Server", "K"), ("Age", "2")]))
        #expect(!isKept([("server", "K"), ("Age", "1")]))
        #expect(!isKept([("Age", "1"), ("Server", "K")]))
        #expect(!isKept([("Server", "K")]))
        #expect(!isKept([("Server", "K"), ("Age", "1")], status: 204))
        #expect(!isKept([("Server", "\u{212A}"), ("Age", "1")]), "equal to K for Unicode")
    }

    @Test(
        "what may be a secret is not kept beyond its answer", arguments: ["Set-Cookie", "Location", "X-Subject-Token"])
    mutating func secrets(name: String) throws {
        _ = try receive([("Server", "nginx"), (name, "a-secret-of-this-test")])
        #expect(!isKept([("Server", "nginx"), (name, "a-secret-of-this-test")]))
        #expect(!String(reflecting: last).contains("a-secret-of-this-test"))
    }

    @Test("a long head is not kept")
    mutating func long() throws {
        let fields = [("Server", String(repeating: "x", count: 9000))]
        _ = try receive(fields)
        #expect(!isKept(fields.map { (name: $0.0, value: $0.1) }))
        let many = (0..<100).map { _ in ("Via", "") }
        #expect(try receive(many).headerFields.count == 100)
        #expect(!isKept(many.map { (name: $0.0, value: $0.1) }))
    }

    @Test("a head that was refused is not the next one's")
    mutating func refused() throws {
        _ = try receive([("Age", "1"), ("Via", "2")])
        #expect(throws: TransportFailure.self) { _ = try receive([("Age", "1"), ("not a name", "2")]) }
        #expect(!isKept([("Age", "1"), ("Via", "2")]))
        #expect(try receive([("Age", "1"), ("Via", "2")]).headerFields.map(\.value) == ["1", "2"])
    }

    @Test("a lower limit of the next request holds for the same head, too")
    mutating func limits() throws {
        let fields = [("Via", String(repeating: "x", count: 100))]
        _ = try receive(fields)
        var limits = ResponseLimits()
        limits.headerBytes = 50
        #expect(throws: TransportFailure.self) { _ = try receive(fields, limits: limits) }
    }
}
#endif
