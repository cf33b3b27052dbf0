import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("Sessions with a cookie jar")
struct CookieJarTests {
    @Test("without a jar nothing is kept")
    func off() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(headers: ["Set-Cookie": "c=1"])
            let api = try scenario.api()
            try await scenario.time.run {
                _ = try await api.get("/a")
                _ = try await api.get("/a")
            }
            #expect(try scenario.values("Cookie") == [nil, nil])
        }
    }

    @Test("what an answer sets is sent next time, also after a retry, a redirect, and in streams")
    func kept() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(status: 503, headers: ["Set-Cookie": "r=1"])
                .then(status: 302, headers: ["Set-Cookie": "d=2; Path=/", "Location": "/b"])
            scenario.server.on(.get, "/b").reply(headers: ["Set-Cookie": "r=0; Max-Age=0"])
            let api = try scenario.api { $0.cookies = CookieJar() }
            try await scenario.time.run {
                _ = try await api.get("/a")
                try await api.stream(.get, "/b") { _ in }
            }
            #expect(try scenario.values("Cookie") == [nil, "r=1", "r=1; d=2", "d=2"])
        }
    }

    @Test("a cookie stays at its host when a redirect leads elsewhere, and there another one is kept")
    func crossOrigin() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "https://api.test/a").reply(
                status: 302, headers: ["Set-Cookie": "c=1; SameSite=Strict", "Location": "https://other.example/x"])
            scenario.server.on(.get, "https://other.example/x").reply(
                status: 302, headers: ["Set-Cookie": "e=2", "Location": "https://api.test/c"])
            scenario.server.on(.get, "https://api.test/c").reply()
            let api = try scenario.api { $0.cookies = CookieJar() }
            try await scenario.time.run {
                _ = try await api.get("/a")
                _ = try await api.get("/c")
            }
            #expect(try scenario.values("Cookie") == [nil, nil, nil, "c=1"])
        }
    }

    @Test("observers see no cookie, and a field set by hand counts instead of the jar's")
    func sealed() async throws {
        struct Watch: AttemptObserver {
            func willSend(_ head: inout HTTPRequest, attempt: Int, crossesOrigin: Bool) {
                #expect(head.headerFields[.cookie] == nil)
            }
        }
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(headers: ["Set-Cookie": "c=1"])
            let api = try scenario.api {
                $0.cookies = CookieJar()
                $0.observers = [Watch()]
            }
            let byHand = try api.with { $0.observers = [] }
            try await scenario.time.run {
                _ = try await api.get("/a")
                _ = try await api.get("/a")
                _ = try await byHand.get("/a", headers: ["Cookie": "mine=1"])
            }
            #expect(try scenario.values("Cookie") == [nil, "c=1", "mine=1"])
        }
    }

    @Test("alice's cookies are not bob's (threat B5): anonymous and other credentials use no jar")
    func identities() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(headers: ["Set-Cookie": "user=alice"])
            let jar = CookieJar()
            let alice = try scenario.api(auth: .bearer(.fixture("alice-token-1"))) { $0.cookies = jar }
            let derived = try alice.with { $0.headers = ["X-A": "1"] }
            try await scenario.time.run {
                _ = try await alice.get("/a")
                _ = try await alice.get("/a", auth: .anonymous)
                _ = try await alice.get("/a", auth: .use(.bearer(.fixture("bob-token-12"))))
                _ = try await derived.get("/a")
            }
            #expect(try scenario.values("Cookie") == [nil, nil, nil, "user=alice"])
            let error = #expect(throws: TesseraError.self) {
                try alice.with { $0.auth = .bearer(.fixture("bob-token-12")) }
            }
            #expect(error?.code == .misconfigured && error?.remedy != nil)
            #expect(throws: TesseraError.self) { try scenario.api { $0.cookies = jar } }
            let bob = try alice.with {
                $0.auth = .bearer(.fixture("bob-token-12"))
                $0.cookies = CookieJar()
            }
            _ = try await scenario.time.run { try await bob.get("/a") }
            #expect(try scenario.values("Cookie").last == .some(nil))
        }
    }

    @Test("without TLS no cookie goes, loopback excepted")
    func clear() async throws {
        try await withScenario { scenario in
            for (url, expected) in [("http://api.test", nil), ("http://127.0.0.1:8080", "c=1")] as [(String, String?)] {
                scenario.server.on(.get, "\(url)/a").reply(headers: ["Set-Cookie": "c=1"])
                let api = try scenario.api(url) { $0.cookies = CookieJar() }
                try await scenario.time.run {
                    _ = try await api.get("/a")
                    _ = try await api.get("/a")
                }
                #expect(try scenario.values("Cookie").last == .some(expected))
            }
        }
    }

    @Test("a jar in a store outlives the program; cookies of the session do not; two processes add up")
    func stored() async throws {
        try await withVirtualTime { time in
            let store = RecordingStore()
            let name = try #require(StorageName("alice"))
            let server = MockTransport()
            server.on(.get, "/a").reply(headers: ["Set-Cookie": "long=1; Max-Age=600"])
                .then(headers: ["Set-Cookie": "short=1"]).then(headers: ["Set-Cookie": "other=1; Max-Age=600"])
            @Sendable func session(_ jar: CookieJar) throws -> Session {
                try Session("https://api.test", transport: server) {
                    $0.cookies = jar
                    $0.proxy = .none
                }
            }
            try await time.run {
                let first = try await CookieJar(store: store, name: name)
                let second = try await CookieJar(store: store, name: name)
                _ = try await session(first).get("/a")
                _ = try await session(first).get("/a")
                try await first.save()
                _ = try await session(second).get("/a")
                try await second.save()
                let third = try await CookieJar(store: store, name: name)
                #expect(third.count == 2)
                _ = try await session(third).get("/a")
            }
            let cookie = try #require(server.requests.last?.headerFields[.cookie])
            #expect(Set(cookie.split(separator: "; ")) == ["long=1", "other=1"])
        }
    }

    @Test("a stored jar that cannot be read is an error, and a jar prints no cookie")
    func unreadable() async throws {
        let store = RecordingStore()
        let name = try #require(StorageName("alice"))
        _ = try await store.save(Array("{}".utf8), for: name, replacing: nil)
        let error = await #expect(throws: TesseraError.self) { try await CookieJar(store: store, name: name) }
        #expect(error?.code == .storeFailed)
        #expect("\(CookieJar())" == "CookieJar(0 cookies)")
    }
}
