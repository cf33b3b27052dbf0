import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("Interceptors and observers")
struct HooksTests {
    private final class Log: Sendable {
        let text = Mutex("")
        func add(_ value: Any) {
            var dumped = ""
            dump(value, to: &dumped)
            let entry = "\(value)\n\(String(reflecting: value))\n\(dumped)\n"
            text.withLock { $0 += entry }
        }
        var all: String { text.withLock { $0 } }
    }

    private struct Watcher: CallInterceptor, AttemptObserver {
        let log: Log

        func intercept(_ call: CallRequest, next: consuming NextCall) async throws -> Session.Response {
            log.add(call)
            do {
                let response = try await next(call)
                log.add(response)
                log.add(response.history)
                return response
            } catch {
                log.add(error)
                throw error
            }
        }

        func willSend(_ head: inout HTTPRequest, attempt: Int, crossesOrigin: Bool) {
            log.add(head)
            for field in head.headerFields { log.add("\(field.name): \(field.value)") }
        }

        func didFinish(_ attempt: CallHistory.Attempt) { log.add(attempt) }
    }

    @Test("see no credential, whichever kind, on any attempt (invariant 1)", arguments: 0..<4)
    func blind(kind: Int) async throws {
        let canary = Canary()
        let name = try #require(HTTPField.Name("X-Api-Key"))
        let auth: any Authenticator =
            switch kind {
            case 0: .apiKey(canary.secret, header: name)
            case 1: .basic(user: "ada", password: canary.secret)
            case 2: TwoAnswers(supply: { _ in try .header(name, canary.secret) }, reaction: { _, _ in .replay })
            default: .custom { _ in try .bearer(canary.secret) }
            }
        try await withScenario { scenario in
            let log = Log()
            scenario.server.on(.get, "/x").reply(status: 503).then(status: 401).then(
                status: 302, headers: ["Location": "https://b.test/y"])
            scenario.server.on(.get, "https://b.test/y").reply(status: 404)
            let api = try scenario.api(auth: auth) {
                $0.interceptors = [Watcher(log: log)]
                $0.observers = [Watcher(log: log)]
            }
            _ = try? await scenario.time.run { try await api.get("/x") }
            _ = try? await scenario.time.run { try await api.get("/x", auth: .use(auth)) }
            log.add(api)
            log.add(api.configuration)
            #expect(canary.leak(in: log.all) == nil)
            #expect(log.all.utf8.count > 1000)
            let wire = scenario.server.requests.flatMap { $0.headerFields.map(\.value) }.joined(separator: "\n")
            #expect(canary.leak(in: wire) != nil, "nothing was hidden, because nothing was sent")
        }
    }

    private struct Adder: AttemptObserver {
        let fields: [String: String]
        func willSend(_ head: inout HTTPRequest, attempt: Int, crossesOrigin: Bool) {
            for (name, value) in fields {
                if let name = HTTPField.Name(name) { head.headerFields[name] = value }
            }
            head.method = .delete
            head.scheme = "http"
            head.authority = "evil.example"
            head.path = "/evil"
        }
    }

    @Test("an observer can neither redirect a request nor change its method")
    func bound() async throws {
        let recorder = Recorder()
        let session = try Session("https://api.test", auth: .bearer(.fixture("token-42-abc")), transport: recorder) {
            $0.proxy = .none
            $0.observers = [Adder(fields: ["Traceparent": "00-1"])]
        }
        try await session.post("/x", .text("body"))
        let head = try #require(recorder.requests.first?.head)
        #expect(head.method == .post && head.scheme == "https" && head.authority == "api.test" && head.path == "/x")
        #expect(try head.headerFields[#require(HTTPField.Name("Traceparent"))] == "00-1")
    }

    @Test(
        "an observer cannot set what only the library may set (threat B7)",
        arguments: [
            "Authorization", "Proxy-Authorization", "Content-Length", "Transfer-Encoding", "Host", "Connection", "TE",
            "Upgrade", "Trailer", "Keep-Alive", "Proxy-Connection",
        ])
    func reserved(name: String) async throws {
        let recorder = Recorder()
        let session = try Session("https://api.test", transport: recorder) {
            $0.proxy = .none
            $0.observers = [Adder(fields: [name: "x"])]
        }
        try await session.post("/x", .text("body"))
        let head = try #require(recorder.requests.first?.head)
        #expect(try !head.headerFields.contains(#require(HTTPField.Name(name))))
    }

    @Test("an observer's Expect goes with a body only")
    func expect() async throws {
        let recorder = Recorder()
        let session = try Session("https://api.test", transport: recorder) {
            $0.proxy = .none
            $0.observers = [Adder(fields: ["Expect": "100-continue"])]
        }
        _ = try await session.get("/x")
        try await session.post("/x", .text("body"))
        #expect(recorder.requests.map { $0.head.headerFields[.expect] } == [nil, "100-continue"])
    }

    private struct CrossingNote: AttemptObserver {
        let log: Log
        func willSend(_ head: inout HTTPRequest, attempt: Int, crossesOrigin: Bool) {
            log.add("attempt \(attempt) crosses \(crossesOrigin)")
        }
    }

    @Test("an observer is told when an attempt leaves the origin (threat B11), and attempts are numbered")
    func crossing() async throws {
        try await withScenario { scenario in
            let log = Log()
            scenario.server.on(.get, "/x").reply(status: 302, headers: ["Location": "https://b.test/y"])
            scenario.server.on(.get, "https://b.test/y").reply()
            let api = try scenario.api { $0.observers = [CrossingNote(log: log)] }
            _ = try await scenario.time.run { try await api.get("/x") }
            #expect(log.all.contains("attempt 1 crosses false") && log.all.contains("attempt 2 crosses true"))
        }
    }

    private struct Tag: CallInterceptor {
        let name: String
        let log: Log
        var answersItself = false
        func intercept(_ call: CallRequest, next: consuming NextCall) async throws -> Session.Response {
            log.text.withLock { $0 += "<\(name)" }
            defer { log.text.withLock { $0 += "\(name)>" } }
            if answersItself { throw TesseraError.make(.misconfigured, "the circuit is open") }
            var call = call
            call.headers["X-Tag"] = (call.headers["X-Tag"] ?? "") + name
            return try await next(call)
        }
    }

    @Test("interceptors nest, the first outermost, around the whole call and not around its attempts")
    func order() async throws {
        try await withScenario { scenario in
            let log = Log()
            scenario.server.on(.get, "/x").reply(status: 503).then()
            let api = try scenario.api { $0.interceptors = [Tag(name: "a", log: log), Tag(name: "b", log: log)] }
            _ = try await scenario.time.run { try await api.get("/x") }
            #expect(log.all == "<a<bb>a>")
            #expect(try scenario.values("X-Tag") == ["ab", "ab"])
            let open = try api.with { $0.interceptors = [Tag(name: "c", log: log, answersItself: true)] }
            let error = try await scenario.failure { try await open.get("/x") }
            #expect(error.code == .misconfigured && scenario.server.requests.count == 2)
        }
    }

    @Test("an interceptor cannot smuggle in a field that is refused by hand")
    func smuggling() async throws {
        struct Smuggler: CallInterceptor {
            func intercept(_ call: CallRequest, next: consuming NextCall) async throws -> Session.Response {
                var call = call
                call.headers["Authorization"] = "Bearer forged"
                return try await next(call)
            }
        }
        try await withScenario { scenario in
            let api = try scenario.api { $0.interceptors = [Smuggler()] }
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.code == .invalidHeader && scenario.server.requests.isEmpty)
        }
    }
}
