import HTTPTypes
import Synchronization
import TesseraTesting
import Testing

@testable import TesseraCore

/// A network of origins, each of which keeps every byte that reached it.
private final class ByteLog: Transport {
    let capabilities: TransportCapabilities = []
    private let bytes = Mutex<[Origin: [UInt8]]>([:])
    private let answer: @Sendable (TransportRequest, _ number: Int) -> TransportReply
    private let count = Mutex(0)

    init(_ answer: @escaping @Sendable (TransportRequest, _ number: Int) -> TransportReply) {
        self.answer = answer
    }

    func text(at origin: Origin) -> String {
        String(decoding: bytes.withLock { $0[origin] ?? [] }, as: UTF8.self)
    }

    var origins: Set<Origin> { bytes.withLock { Set($0.keys) } }

    func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        var text = "\(request.head.method.rawValue) \(request.head.path ?? "")\r\n"
        for field in Array(request.head.headerFields) + request.sealed.exposed {
            text += "\(field.name.rawName): \(field.value)\r\n"
        }
        if case .bytes(let body) = request.body { text += String(decoding: body, as: UTF8.self) }
        let received = text
        bytes.withLock { $0[request.origin, default: []] += Array(received.utf8) }
        return answer(
            request,
            count.withLock {
                $0 += 1
                return $0
            })
    }

    func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        let reply = try await send(request)
        return try await consume(TransportStream(head: reply.head) { () async throws(TransportFailure) in nil })
    }

    func shutdown() async {}
}

/// The origin pairs of reference table 3.2 and each way that leads from one to the other: what was meant for the first
/// never reaches the second, by the second's own log (invariant 2).
@Suite("Origin matrix")
struct OriginMatrixTests {
    struct Pair: Sendable, CustomTestStringConvertible {
        var from: String
        var to: String
        var isSame: Bool

        init(_ from: String, _ to: String, same: Bool) {
            (self.from, self.to, isSame) = (from, to, same)
        }

        var testDescription: String { "\(from) -> \(to)" }
    }

    static let pairs = [
        Pair("http://example.com/a", "http://example.com/b", same: true),
        Pair("http://example.com/", "https://example.com/b", same: false),
        Pair("http://example.com:80/", "https://example.com:443/b", same: false),
        Pair("http://example.com:80/", "https://example.com/b", same: false),
        Pair("http://[::1]:80/", "https://[::1]:443/b", same: false),
        Pair("http://example.com:8080/", "https://example.com/b", same: false),
        Pair("http://example.com:8080/", "https://example.com:8443/b", same: false),
        Pair("https://example.com/", "http://example.com/b", same: false),
        Pair("https://example.com/", "https://example.com:443/b", same: true),
        Pair("https://example.com:443/", "https://example.com/b", same: true),
        Pair("http://example.com:80/", "http://example.com/b", same: true),
        Pair("https://example.com/", "https://example.com:8443/b", same: false),
        Pair("https://example.com:8443/", "https://example.com:8443/x", same: true),
        Pair("https://example.com/", "https://sub.example.com/b", same: false),
        Pair("https://sub.example.com/", "https://example.com/b", same: false),
        Pair("https://example.com/", "https://EXAMPLE.com/b", same: true),
        Pair("https://example.com/", "https://example.com./b", same: false),
        Pair("http://example.com:1234/foo", "https://example.com:4321/bar", same: false),
        Pair("https://example.com/", "https://example.com.evil.org/b", same: false),
        Pair("https://example.com/", "https://user:pw@example.com/b", same: false),
        Pair("https://example.com:80/", "https://example.com/b", same: false),
        Pair("http://example.com:443/", "https://example.com:443/b", same: false),
    ]

    enum Secret: String, CaseIterable {
        case authorization = "secret-bearer-0001"
        case apiKey = "secret-apikey-0002"
        case sessionField = "secret-session-0003"
        case cookie = "secret-cookie-0004"
        case query = "secret-query-0005"
        case body = "secret-body-0006"
        case jar = "secret-jar-0007"
    }

    private static func session(_ pair: Pair, _ network: ByteLog, key: Bool) throws -> Session {
        let auth: any Authenticator =
            key
            ? .apiKey(.fixture(Secret.apiKey.rawValue), header: try #require(HTTPField.Name("X-Api-Key")))
            : .bearer(.fixture(Secret.authorization.rawValue))
        return try Session(pair.from, auth: auth, transport: network) {
            $0.proxy = .none
            $0.allowsInsecureCredentials = true
            $0.headers = ["X-Tenant-Key": Secret.sessionField.rawValue, "Cookie": "sid=\(Secret.cookie.rawValue)"]
            $0.query = ["access": Secret.query.rawValue]
            $0.redirects.sendsBodyAcrossOrigins = false
            $0.retry.backoff = Backoff(initial: .milliseconds(1))
        }
    }

    /// The `Cookie` of the session would be sent instead of the jar's.
    private static func withJar(_ api: Session) throws -> Session {
        try api.with {
            $0.headers = ["X-Tenant-Key": Secret.sessionField.rawValue]
            $0.cookies = CookieJar()
        }
    }

    private static func check(_ network: ByteLog, _ pair: Pair, _ way: String, besides other: Origin? = nil) throws {
        let base = try AbsoluteURL(pair.from).origin
        for origin in network.origins where origin != base && origin != other {
            #expect(!pair.isSame, "\(way): \(origin) was taken for another origin")
            let text = network.text(at: origin)
            for secret in Secret.allCases where secret != .jar || !sharesCookies(base, origin) {
                #expect(!text.contains(secret.rawValue), "\(way): \(secret) reached \(origin)")
            }
        }
        let home = network.text(at: base)
        #expect(home.contains(Secret.sessionField.rawValue), "\(way): the log sees what arrives")
    }

    /// RFC 6265bis §5.8.3 knows no schemes: what came without TLS may go with it. Ports it would not know either.
    private static func sharesCookies(_ from: Origin, _ to: Origin) -> Bool {
        from.host == to.host && from.scheme == .http && to.scheme == .https
            && (from.port == to.port || from.port == 80 && to.port == 443)
    }

    @Test("a redirect, and the retries behind it", arguments: pairs)
    func redirect(pair: Pair) async throws {
        for status in [301, 302, 303, 307, 308] {
            for key in [true, false] {
                try await withScenario { scenario in
                    let network = ByteLog { _, number in
                        number == 1
                            ? TransportReply(
                                head: HTTPResponse(
                                    status: .init(code: status), headerFields: [.location: pair.to]))
                            : TransportReply(head: HTTPResponse(status: .init(code: number == 2 ? 503 : 200)))
                    }
                    let api = try Self.session(pair, network, key: key)
                    _ = try? await scenario.time.run {
                        try await api.put("/start", .text(Secret.body.rawValue))
                    }
                    try Self.check(network, pair, "\(status)")
                    if pair.isSame, status >= 307 {
                        #expect(network.origins.count == 1)
                        let text = network.text(at: try AbsoluteURL(pair.from).origin)
                        let secret = key ? Secret.apiKey : .authorization
                        #expect(text.components(of: secret.rawValue) == 3, "its own origin gets it each time")
                    }
                }
            }
        }
    }

    @Test("a next link, in the field and in the body", arguments: pairs)
    func nextLink(pair: Pair) async throws {
        for inBody in [true, false] {
            try await withScenario { scenario in
                let network = ByteLog { _, number in
                    var head = HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"])
                    if let name = HTTPField.Name("Link"), number == 1, !inBody {
                        head.headerFields[name] = "<\(pair.to)>; rel=next"
                    }
                    let next = number == 1 && inBody ? "\"\(pair.to)\"" : "null"
                    let body = inBody ? "{\"data\":[1],\"next\":\(next)}" : "[1]"
                    return TransportReply(head: head, body: Array(body.utf8))
                }
                let api = try Self.session(pair, network, key: true)
                _ = try? await scenario.time.run {
                    var count = 0
                    let pages =
                        inBody
                        ? api.pages("/start", of: Int.self, items: "/data", by: .next(at: "/next"))
                        : api.pages("/start", of: Int.self, by: .link)
                    for try await item in pages { count += item }
                    return count
                }
                try Self.check(network, pair, "next link")
                #expect(network.origins.count == 1, "a page of another origin is not asked for at all")
            }
        }
    }

    @Test("a whole URL as target", arguments: pairs)
    func target(pair: Pair) async throws {
        guard let url = try? AbsoluteURL(pair.to) else { return }
        try await withScenario { scenario in
            let network = ByteLog { _, _ in TransportReply(head: HTTPResponse(status: .ok)) }
            let api = try Self.session(pair, network, key: false)
            _ = try? await scenario.time.run {
                _ = try await api.get("/start")
                _ = try await api.get(RequestTarget(absolute: url))
            }
            try Self.check(network, pair, "target")
        }
    }

    @Test("a cookie of a jar, through redirects, retries and whole URLs", arguments: pairs)
    func jar(pair: Pair) async throws {
        for status in [200, 302, 307] {
            try await withScenario { scenario in
                let network = ByteLog { _, number in
                    var head = HTTPResponse(status: .init(code: number == 3 ? 503 : number == 2 ? status : 200))
                    if number == 1 { head.headerFields[.setCookie] = "sid=\(Secret.jar.rawValue); Path=/" }
                    if number == 2 { head.headerFields[.location] = pair.to }
                    return TransportReply(head: head)
                }
                let api = try Self.withJar(Self.session(pair, network, key: true))
                let there = try? AbsoluteURL(pair.to)
                _ = try? await scenario.time.run {
                    _ = try await api.get("/start")
                    _ = try? await api.get("/next")
                    if let there { _ = try await api.get(RequestTarget(absolute: there)) }
                }
                try Self.check(network, pair, "jar \(status)")
                #expect(network.text(at: try AbsoluteURL(pair.from).origin).contains(Secret.jar.rawValue))
            }
        }
    }

    @Test("a mount, the redirects and retries below it, and what lies beside it", arguments: pairs)
    func mount(pair: Pair) async throws {
        for status in [302, 307, 308] {
            try await withScenario { scenario in
                let network = ByteLog { _, number in
                    var head = HTTPResponse(status: .init(code: number == 1 ? status : number == 2 ? 503 : 200))
                    if number == 1 { head.headerFields[.location] = pair.to }
                    return TransportReply(head: head)
                }
                let from = try AbsoluteURL(pair.from)
                let api = try Session("https://base.test", transport: network) {
                    $0.proxy = .none
                    $0.mount(pair.from) {
                        $0.auth = .bearer(.fixture(Secret.authorization.rawValue))
                        $0.allowsInsecureCredentials = true
                        $0.headers = ["X-Tenant-Key": Secret.sessionField.rawValue]
                        $0.redirects.sendsBodyAcrossOrigins = false
                    }
                }
                _ = try? await scenario.time.run {
                    _ = try? await api.put(RequestTarget(absolute: from), .text(Secret.body.rawValue))
                    if let there = try? AbsoluteURL(pair.to) { _ = try? await api.get(RequestTarget(absolute: there)) }
                    _ = try await api.get("/beside")
                }
                let other = try Origin("https://base.test")
                try Self.check(network, pair, "mount \(status)", besides: other)
                #expect(!network.text(at: other).isEmpty && !network.text(at: other).contains("secret-"))
            }
        }
    }

    @Test("the matrix is whole") func whole() {
        #expect(Self.pairs.count == 22 && Self.pairs.filter(\.isSame).count == 6)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        var rest = self[...]
        var count = 0
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
