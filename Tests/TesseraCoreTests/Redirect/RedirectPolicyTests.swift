import HTTPTypes
import Testing

@testable import TesseraCore

/// Reference table 3.3, column RFC 9110; "MAY → GET" is taken.
@Suite("RedirectPolicy (RFC 9110 §15.4)")
struct RedirectPolicyTests {
    private static func origin(_ text: String = "https://a.example") throws -> Origin { try Origin(text) }

    private static func decide(
        _ status: Int, _ method: HTTPRequest.Method, _ change: (inout RedirectSummary) -> Void = { _ in },
        limit: Int = 10
    ) throws -> RedirectDecision {
        var summary = try RedirectSummary(status: status, method: method, from: origin(), target: origin())
        change(&summary)
        return RedirectPolicy(limit: limit).decide(summary)
    }

    private static func named(_ name: String) throws -> HTTPRequest.Method {
        try #require(HTTPRequest.Method(rawValue: name))
    }

    @Test(
        "which method is sent on",
        arguments: [
            (301, "POST", true), (302, "POST", true), (303, "POST", true), (303, "PUT", true), (303, "PATCH", true),
            (303, "DELETE", true), (303, "OPTIONS", true), (303, "PROPFIND", true), (301, "GET", false),
            (302, "GET", false), (303, "GET", false), (307, "GET", false), (308, "GET", false), (301, "HEAD", false),
            (302, "HEAD", false), (303, "HEAD", false), (307, "HEAD", false), (308, "HEAD", false), (301, "PUT", false),
            (301, "PATCH", false), (301, "DELETE", false), (302, "PUT", false), (302, "PATCH", false),
            (302, "DELETE", false), (302, "QUERY", false), (302, "PROPFIND", false), (301, "PROPFIND", false),
            (307, "POST", false), (307, "PUT", false), (307, "DELETE", false), (308, "POST", false),
            (308, "PUT", false),
            (308, "PATCH", false),
        ])
    func method(status: Int, method: String, becomesGet: Bool) throws {
        #expect(try Self.decide(status, Self.named(method)) == .follow(becomesGet: becomesGet))
    }

    @Test(
        "any other status is an answer, Location or not", arguments: [200, 201, 202, 300, 304, 305, 306, 309, 399, 404])
    func others(status: Int) throws {
        #expect(try Self.decide(status, .get) == .deliver)
    }

    @Test("without a target, or with a limit of none, a redirect is an answer")
    func delivered() throws {
        #expect(try Self.decide(302, .get) { $0.target = nil } == .deliver)
        #expect(try Self.decide(302, .get, limit: 0) == .deliver)
        #expect(try Self.decide(302, .get, limit: -1) == .deliver)
        #expect(
            try RedirectPolicy.never.decide(
                RedirectSummary(status: 307, method: .post, from: Self.origin(), target: Self.origin())) == .deliver)
    }

    @Test("never from https to http, not even on this machine", arguments: ["http://a.example", "http://127.0.0.1"])
    func downgrade(target: String) throws {
        #expect(try Self.decide(302, .get, throwing: { $0.target = try Self.origin(target) }) == .refuse(.downgrade))
        #expect(
            try Self.decide(
                302, .get,
                throwing: {
                    $0.from = try Self.origin("http://b.example")
                    $0.target = try Self.origin(target)
                }) == .follow(becomesGet: false))
    }

    private static func decide(
        _ status: Int, _ method: HTTPRequest.Method, throwing change: (inout RedirectSummary) throws -> Void
    ) throws -> RedirectDecision {
        var summary = try RedirectSummary(status: status, method: method, from: origin(), target: origin())
        try change(&summary)
        return RedirectPolicy().decide(summary)
    }

    @Test("the limit, a circle and a body that cannot be sent again end the call")
    func refusals() throws {
        #expect(try Self.decide(302, .get) { $0.followed = 9 } == .follow(becomesGet: false))
        #expect(try Self.decide(302, .get) { $0.followed = 10 } == .refuse(.tooMany))
        #expect(try Self.decide(302, .get) { $0.wasVisited = true } == .refuse(.cycle))
        #expect(try Self.decide(307, .post) { $0.isReplayable = false } == .refuse(.bodyNotReplayable))
        #expect(try Self.decide(308, .put) { $0.isReplayable = false } == .refuse(.bodyNotReplayable))
        #expect(try Self.decide(303, .post) { $0.isReplayable = false } == .follow(becomesGet: true))
    }
}

@Suite("Fields after a redirect (RFC 9110 §15.4, steps 2 to 5)")
struct RedirectedFieldsTests {
    private static func fields(_ names: [String]) throws -> HTTPFields {
        var fields = HTTPFields()
        for name in names { try fields.append(HTTPField(name: #require(HTTPField.Name(name)), value: "x")) }
        return fields
    }

    private static func kept(_ names: [String], crosses: Bool, drops: Bool) throws -> [String] {
        RedirectedFields.after(try fields(names), crossesOrigin: crosses, dropsBody: drops).map(\.name.rawName)
    }

    @Test(
        "what a caller set stays behind at an origin's border, whatever its name",
        arguments: [
            "X-Api-Key", "Cookie", "X-Custom", "Private-Token", "X-Amz-Security-Token", "Idempotency-Key", "Referer",
            "Origin", "Traceparent", "Baggage", "X-Forwarded-For", "From", "X-Csrf-Token",
        ])
    func border(name: String) throws {
        #expect(try Self.kept([name, "Accept"], crosses: true, drops: false) == ["Accept"])
        #expect(try Self.kept([name, "Accept"], crosses: false, drops: false) == [name, "Accept"])
    }

    @Test(
        "fields of the content go with it (step 5)",
        arguments: [
            "Content-Encoding", "Content-Language", "Content-Location", "Content-Type", "Content-Length", "Digest",
            "Last-Modified",
        ])
    func content(name: String) throws {
        #expect(try Self.kept([name, "Accept"], crosses: false, drops: true) == ["Accept"])
        #expect(try Self.kept([name, "Accept"], crosses: false, drops: false) == [name, "Accept"])
    }

    @Test(
        "validators belong to the first URL (step 2)",
        arguments: ["If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range"])
    func validators(name: String) throws {
        #expect(try Self.kept([name, "Accept"], crosses: false, drops: false) == ["Accept"])
    }

    @Test("harmless fields cross in order, names in any case")
    func harmless() throws {
        let names = ["accept", "Accept-Language", "USER-AGENT", "Content-Type", "Range"]
        #expect(try Self.kept(names, crosses: true, drops: false) == names)
    }
}
