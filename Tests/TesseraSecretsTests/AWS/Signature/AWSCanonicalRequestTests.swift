#if Secrets
import TesseraTesting
import Testing

@testable import TesseraSecrets

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite struct `AWS canonical request` {
    private func lines(
        _ target: String, _ fields: [(String, String)] = [], _ encoding: AWSSignatureV4.PathEncoding = .twice
    ) -> [String] {
        let request = AWSCanonicalRequest(
            method: "GET", target: target, fields: fields.map { .init(name: $0.0, value: $0.1.utf8) },
            payloadHash: "hash", pathEncoding: encoding)
        return String(decoding: request.bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test(
        arguments: [
            ("", "/", "/"), ("?a", "/", "/"), ("/a%20b", "/a%2520b", "/a%20b"), ("/a:b", "/a%3Ab", "/a%3Ab"),
            ("/a%3ab", "/a%253ab", "/a%3Ab"), ("/a//b/", "/a/b/", "/a//b/"), ("/a/./b/../c", "/a/c", "/a/./b/../c"),
            ("/../..", "/", "/../.."), ("/%2F/%7E", "/%252F/%257E", "/%2F/~"), ("/%", "/%25", "/%25"),
            ("/%zz", "/%25zz", "/%25zz"), ("/a+b*c", "/a%2Bb%2Ac", "/a%2Bb%2Ac"), ("//", "/", "//"),
        ] as [(String, String, String)])
    func `a path is encoded once more, and for S3 not`(target: String, twice: String, once: String) {
        #expect(lines(target)[1] == twice)
        #expect(lines(target, [], .once)[1] == once)
    }

    @Test(
        arguments: [
            ("/?b=2&a=1", "a=1&b=2"), ("/?a=2&a=10&a", "a=&a=10&a=2"), ("/?a=b=c", "a=b%3Dc"), ("/?a+b=+", "a%2Bb=%2B"),
            ("/?%61=%7e", "a=~"), ("/?a=%2f&a=/", "a=%2F&a=%2F"), ("/?A=1&a=1&-=1", "-=1&A=1&a=1"), ("/?", ""),
            ("/?a=1&&b", "=&a=1&b="), ("/?a=1?2", "a=1%3F2"), ("/?a1=1&a=2", "a=2&a1=1"), ("/?q=\u{E9}", "q=%C3%A9"),
        ] as [(String, String)])
    func `a query is in one encoding, and sorted by it`(target: String, query: String) {
        #expect(lines(target)[2] == query)
    }

    @Test func `fields are sorted, joined and trimmed`() {
        let lines = lines(
            "/", [("x-b", " 2 \t 3 "), ("x-a", "\u{E9} "), ("x-b", ""), ("x-b", "1"), ("x-a-b", "z"), ("host", "h")])
        #expect(lines[3...] == ["host:h", "x-a:\u{E9}", "x-a-b:z", "x-b:2 3,,1", "", "host;x-a;x-a-b;x-b", "hash"])
    }

    @Test func `a canonical request shows nothing of itself`() {
        let request = AWSCanonicalRequest(
            method: "GET", target: "/", fields: [.init(name: "x-amz-security-token", value: "CANARY".utf8)],
            payloadHash: "hash", pathEncoding: .twice)
        #expect(!"\(request) \(String(reflecting: request))".contains("CANARY"))
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!dumped.contains("CANARY"))
    }

    /// The properties that hold for every request: what is equivalent on the wire is equal, and what is not is not.
    ///
    /// `TESSERA_CANONICAL_CASES` sets how many, `TESSERA_SEED` which.
    @Test func `canonical form holds for random requests`() {
        let setting = { (name: String) in getenv(name).flatMap { UInt64(String(cString: $0)) } }
        let count = setting("TESSERA_CANONICAL_CASES") ?? 100_000
        let seed = setting("TESSERA_SEED") ?? UInt64.random(in: 0..<1_000_000)
        print("figure: canonical requests, seed: \(seed)")
        var random = SeededRandom(seed: seed)
        var failures = 0
        for number in 0..<count where failures < 5 {
            let sample = CanonicalSample(&random)
            if let flaw = sample.flaw(&random) {
                failures += 1
                Issue.record("seed \(seed), request \(number): \(flaw): \(sample)")
            }
        }
        print("figure: canonical requests: \(count)")
    }
}
#endif
