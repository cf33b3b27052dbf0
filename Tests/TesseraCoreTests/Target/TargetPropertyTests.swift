import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("No input moves a credential (invariant 2, threat B4)")
struct TargetPropertyTests {
    private static let pieces = [
        "..", ".", "/", "//", "\\", "@", ":", "?", "#", "%2e", "%2f", "%5c", "%00", "%", "https://", "http:",
        "evil.example",
        "api.test", "a", "ü", " ", "\t", "\r\n", "\u{0}", ";", "&", "=", "[", "]", "{", "}", "\u{202E}", "%ff", "😀",
        "+",
        "Host: evil.example", ":443", "user:pw@",
    ]

    private static func hostile(_ random: inout SeededRandom) -> String {
        (0..<Int.random(in: 0...7, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    private static func target(_ random: inout SeededRandom) -> RequestTarget {
        let value = hostile(&random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return RequestTarget(relative: value)
        case 1: return "/users/\(value)"
        case 2: return "\(value)/\(value)"
        case 3: return "/users?q=\(value)"
        case 4: return "\(raw: value)"
        default: return RequestTarget(stringLiteral: value)
        }
    }

    @Test("2,000 hostile targets: what is sent stays at the origin and below the base path")
    func targets() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let recorder = Recorder()
        let session = try Session(
            "https://api.test/base/v1", auth: .bearer(Secret.fixture("token-for-api-test")), transport: recorder
        ) { $0.proxy = .none }
        var sent = 0
        for _ in 0..<2000 {
            let target = Self.target(&random)
            do {
                _ = try await session.get(target, query: ["x": Self.hostile(&random)])
                sent += 1
            } catch let error as TesseraError {
                #expect([.invalidTarget].contains(error.code), "seed \(seed): \(error)")
            }
        }
        let requests = recorder.requests
        #expect(requests.count == sent, "seed \(seed): a refused target was sent")
        #expect(sent > 400, "seed \(seed): hardly anything was accepted, so hardly anything was shown")
        for request in requests {
            let line = request.head.path ?? ""
            let path = String(line.prefix { $0 != "?" })
            #expect(request.origin.description == "https://api.test", "seed \(seed)")
            #expect(request.head.authority == "api.test", "seed \(seed)")
            #expect(path == "/base/v1" || path.hasPrefix("/base/v1/"), "seed \(seed): \(line)")
            #expect(!PathSegments.containDots(path), "seed \(seed): \(line)")
            let isPrintable = line.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x23 }
            #expect(isPrintable, "seed \(seed): \(line.debugDescription)")
        }
    }

    @Test("2,000 hostile redirects: the credential goes to its origin only")
    func redirects() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let recorder = Recorder()
        let session = try Session(
            "https://api.test/base", auth: .bearer(Secret.fixture("token-for-api-test")), transport: recorder
        ) { $0.proxy = .none }
        for _ in 0..<2000 {
            let location = ["", "https://", "//", "https://api.test", "/"].randomElement(using: &random) ?? ""
            recorder.redirectNext(to: location + Self.hostile(&random))
            _ = try? await session.get("/x", expecting: .any)
        }
        for request in recorder.requests {
            let isHome = request.origin.description == "https://api.test"
            #expect(request.sealed.isEmpty == !isHome, "seed \(seed): \(request.origin)")
            #expect(request.origin.authority == request.head.authority, "seed \(seed)")
            #expect(request.origin.scheme == .https, "seed \(seed)")
        }
    }

    @Test(
        "a target that cannot be is refused before anything is sent, and names no value",
        arguments: [
            "https://evil.example/hunter2", "//evil.example/hunter2", "/../hunter2", "/hunter2\r\nHost: evil",
            "\\\\evil.example\\hunter2", "/hunter2#x", "/hunter2/%zz",
        ])
    func planned(text: String) async throws {
        let server = MockTransport()
        let session = try Session("https://api.test", transport: server) { $0.proxy = .none }
        let error = await #expect(throws: TesseraError.self) {
            try await session.get(RequestTarget(relative: text))
        }
        #expect(error?.code == .invalidTarget)
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.history.count == 0)
        #expect(server.requests.isEmpty)
    }
}
