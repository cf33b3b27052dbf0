import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Challenges (RFC 9110 §11.6.1)")
struct ChallengeParserTests {
    @Test(
        "one field",
        arguments: [
            ("Basic", [Challenge(scheme: "basic")]),
            (#"Basic realm="simple""#, [Challenge(scheme: "basic", parameters: ["realm": "simple"])]),
            (
                #"BEARER Realm="a, b", ERROR=invalid_token"#,
                [Challenge(scheme: "bearer", parameters: ["realm": "a, b", "error": "invalid_token"])]
            ),
            // The example of RFC 9110 §11.6.1.
            (
                #"Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\"""#,
                [
                    Challenge(scheme: "basic", parameters: ["realm": "simple"]),
                    Challenge(
                        scheme: "newauth", parameters: ["realm": "apps", "type": "1", "title": #"Login to "apps""#]),
                ]
            ),
            ("Negotiate", [Challenge(scheme: "negotiate")]),
            ("Negotiate YII=, Basic", [Challenge(scheme: "negotiate", token68: "YII="), Challenge(scheme: "basic")]),
            ("Negotiate a/b+c==", [Challenge(scheme: "negotiate", token68: "a/b+c==")]),
            ("Negotiate, NTLM", [Challenge(scheme: "negotiate"), Challenge(scheme: "ntlm")]),
            (
                #", ,Basic realm="x" , , Bearer,"#,
                [Challenge(scheme: "basic", parameters: ["realm": "x"]), Challenge(scheme: "bearer")]
            ),
            (
                #"Bearer realm = "x" , scope = "a b""#,
                [Challenge(scheme: "bearer", parameters: ["realm": "x", "scope": "a b"])]
            ),
            (#"Bearer a="1", a="2""#, [Challenge(scheme: "bearer", parameters: ["a": "1"])]),
            (#"Bearer a="", b=c"#, [Challenge(scheme: "bearer", parameters: ["a": "", "b": "c"])]),
            (
                #"DPoP error="use_dpop_nonce", algs="ES256 PS256", Bearer"#,
                [
                    Challenge(scheme: "dpop", parameters: ["error": "use_dpop_nonce", "algs": "ES256 PS256"]),
                    Challenge(scheme: "bearer"),
                ]
            ),
            ("", []), (" , ,", []),
        ])
    func field(text: String, expected: [Challenge]) {
        #expect(ChallengeParser.parse([text]) == expected)
    }

    @Test("several fields are one list; a broken one does not hide the others")
    func several() {
        let challenges = ChallengeParser.parse([#"Basic realm="a""#, #""broken"#, #"Bearer error="invalid_token""#])
        #expect(challenges.map(\.scheme) == ["basic", "bearer"])
        #expect(challenges.last?.error == "invalid_token")
    }

    @Test(
        "broken input ends the list; no scheme is made out of its pieces",
        arguments: [
            #"Bearer realm="open"#, #"Bearer error="invalid_token"#, #"Bearer realm="x\"#, "Bearer realm=", "Bearer =x",
            #"Bearer realm="a"b="c""#, "Bearer realm=\u{0}", "Bearer realm=a b=c", "Bearer a=(b)", #"Bearer "realm""#,
            "Bearer a=b;c=d", "Bearer ü=1",
        ])
    func broken(text: String) {
        let schemes = ChallengeParser.parse([text]).map(\.scheme)
        #expect(schemes == ["bearer"] || schemes.isEmpty, "\(schemes)")
    }

    @Test("more parameters than the bound do not turn into schemes")
    func manyParameters() {
        let parameters = (0..<100).map { "p\($0)=\($0)" }.joined(separator: ", ")
        let challenges = ChallengeParser.parse(["Bearer \(parameters)"])
        #expect(challenges.map(\.scheme) == ["bearer"])
        #expect((challenges.first?.parameters.count ?? 0) <= ChallengeParser.mostParameters)
    }

    @Test("100 KB, and 10,000 challenges, are bounded and cheap")
    func bounds() {
        let watch = ContinuousClock.now
        let inputs = [
            String(repeating: "a", count: 100_000), String(repeating: "a ", count: 50_000),
            String(repeating: "Basic, ", count: 14_000), "Bearer " + String(repeating: "=", count: 16_000),
            "Bearer a=\"" + String(repeating: "\\", count: 16_000), String(repeating: ",", count: 16_000),
            "Bearer " + String(repeating: "a=b,", count: 4000), String(repeating: "a b=", count: 4000),
            "X " + String(repeating: "a ", count: 8000), "X " + String(repeating: "a=\"", count: 5000),
        ]
        for input in inputs { #expect(ChallengeParser.parse([input]).count <= ChallengeParser.mostChallenges) }
        #expect(ChallengeParser.parse(Array(repeating: "Basic", count: 1000)).count == ChallengeParser.mostChallenges)
        #expect(watch.duration(to: .now) < .seconds(20), "a parser that is not linear takes minutes")
    }

    @Test("a description is one printable, bounded line without the parameters")
    func description() {
        let challenge = Challenge(
            scheme: "bearer", parameters: ["error": "x\u{1B}]52;c;aGk=\u{7}\r\nfake log line", "realm": "hunter2"])
        #expect(!challenge.description.contains("hunter2"))
        #expect(challenge.description.unicodeScalars.allSatisfy { PrintableText.isPrintable($0) })
        let long = Challenge(scheme: "bearer", parameters: ["error": String(repeating: "x", count: 5000)])
        #expect(long.description.count < 100)
    }

    @Test("no text ends the process (5,000 random texts)")
    func fuzz() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let alphabet = Array("Basic =\",\\ab=\té\u{0}~+/".unicodeScalars)
        for _ in 0..<5000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                if let scalar = alphabet.randomElement(using: &random) { text.unicodeScalars.append(scalar) }
            }
            let challenges = ChallengeParser.parse([text])
            #expect(challenges.allSatisfy { !$0.scheme.isEmpty && $0.scheme == $0.scheme.lowercased() }, "seed \(seed)")
        }
    }
}
