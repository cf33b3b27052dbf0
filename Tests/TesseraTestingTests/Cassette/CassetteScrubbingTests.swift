import Foundation
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

/// A folder for one test.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cassette-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// Everything that was written below a folder.
func written(below folder: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
        bytes += Array(name.utf8)
        if let data = FileManager.default.contents(atPath: "\(folder)/\(name)") { bytes += Array(data) }
    }
    return bytes
}

@Suite struct `What a cassette does not hold` {
    /// Where a secret can stand in an exchange. `$` is the secret.
    struct Place: Sendable, CustomTestStringConvertible {
        var name: String
        var url = "https://api.test/x"
        var sent: [String: String] = [:]
        var body = ""
        var got: [String: String] = [:]
        var answer = ""
        /// Whether the secret is known by the name it stands under, and not as a living `Secret`.
        var byName = true
        var testDescription: String { name }
    }

    static let form = ["Content-Type": "application/x-www-form-urlencoded"]
    static let json = ["Content-Type": "application/json"]

    static let places: [Place] = [
        Place(name: "Authorization", sent: ["Authorization": "Bearer $"]),
        Place(name: "Proxy-Authorization", sent: ["Proxy-Authorization": "Basic $"]),
        Place(name: "an API key", sent: ["X-Api-Key": "$"]),
        Place(name: "a cookie", sent: ["Cookie": "a=1; session=$; b=2"]),
        Place(name: "Set-Cookie", got: ["Set-Cookie": "session=$; Path=/; HttpOnly"]),
        Place(name: "a query", url: "https://api.test/x?access_token=$&page=2"),
        Place(name: "a Location", got: ["Location": "https://app.test/cb?code=$&x=1"]),
        Place(name: "user information", got: ["Link": "<https://user:$@api.test/2>; rel=next"]),
        Place(name: "a form", sent: form, body: "grant_type=refresh_token&refresh_token=$"),
        Place(name: "a form's client secret", sent: form, body: "client_secret=$&client_id=a"),
        Place(name: "a token answer", got: json, answer: #"{"access_token":"$","token_type":"Bearer"}"#),
        Place(name: "a nested member", got: json, answer: #"{"data":[{"refreshToken":"$"}]}"#),
        Place(name: "a URL in JSON", got: json, answer: #"{"next":"https://api.test/x?token=$&page=2"}"#),
        Place(name: "a URL in HTML", got: ["Content-Type": "text/html"], answer: "<a href='/x?a=1&amp;token=$'>x</a>"),
        Place(name: "a living secret in a path", url: "https://api.test/bot$/send", byName: false),
        Place(name: "a living secret in any header", got: ["X-Echo": "you said $"], byName: false),
        Place(name: "a living secret in text", answer: "you said $", byName: false),
        Place(name: "a living secret in bytes", answer: "\u{0}\u{1}$\u{2}", byName: false),
        Place(name: "a living secret as the name of a member", got: json, answer: #"{"$":1}"#, byName: false),
    ]

    @Test(arguments: places) func `a secret`(at place: Place) async throws {
        for _ in 0..<2 {
            // Without characters that a URL or cookie would have to encode: by name, nobody knows the encodings.
            let value =
                "s3cr3t\((0..<24).map { _ in String("abcdefghjkmnpqrstuvwxyz23456789".randomElement() ?? "x") }.joined())"
            let living = place.byName ? nil : Secret(value)
            let fill = { (text: String) in text.replacing("$", with: value) }
            try await withFolder { folder in
                let real = MockTransport()
                var answer = Array(fill(place.answer).utf8)
                if place.name.hasSuffix("bytes") { answer.append(0xFF) }
                let reply = answer
                let headers = place.got.mapValues(fill)
                real.on(.post, "**").reply { _ in
                    var made = MockReply(bytes: reply)
                    if let (name, value) = headers.first { made = MockReply(headers: [name: value], bytes: reply) }
                    return made
                }
                let request = try makeRequest(
                    .post, fill(place.url), headers: place.sent.mapValues(fill),
                    body: .bytes(Array(fill(place.body).utf8)))
                try await Cassette.use("\(folder)/c.json", recording: real) { cassette in
                    let seen = try await cassette.send(request)
                    #expect(seen.body == reply, "the caller gets what the server said")
                }
                let text = try written(below: folder)
                let encoding = Canary(Secret(value)).leak(in: text)
                #expect(encoding == nil && !text.isEmpty, "\(place.name): \(String(decoding: text, as: UTF8.self))")
                // Bytes that are no text stand there in base64, the tag with them.
                let shows = String(decoding: text, as: UTF8.self).contains("[secret:")
                #expect(shows == !place.name.hasSuffix("bytes"))
                // The replay matches with another secret as well.
                try await Cassette.use("\(folder)/c.json", mode: .none) { cassette in
                    _ = try await cassette.send(request)
                    #expect(cassette.unplayed == [])
                }
            }
            _ = living
        }
    }

    @Test(arguments: SecretEncoding.allCases) func `a living secret in an encoding`(encoding: SecretEncoding)
        async throws
    {
        let canary = Canary()
        let forms = canary.secret.withExposedBytes { SecretEncoding.allForms(of: Array($0), encoding) }
        try #require(!forms.isEmpty)
        try await withFolder { folder in
            let real = MockTransport()
            for form in forms { real.on(.get, "/x").reply(bytes(Array("<p>".utf8) + form + Array("</p>".utf8))) }
            try await Cassette.use("\(folder)/c.json", recording: real) { cassette in
                for _ in forms { _ = try await cassette.send(makeRequest()) }
            }
            #expect(canary.leak(in: try written(below: folder)) == nil)
        }
    }

    private func bytes(_ bytes: [UInt8]) -> MockReply {
        MockReply(headers: ["Content-Type": "text/plain"], bytes: bytes)
    }

    @Test func `a secret that became known after the exchange in which it stood`() async throws {
        try await withFolder { folder in
            let value = "late-secret-4711-abcdef"
            let real = MockTransport()
            real.on(.get, "/x").reply(body: "hello \(value)")
            let cassette = try Cassette("\(folder)/c.json", recording: real)
            _ = try await cassette.send(makeRequest())
            let secret = Secret(value)
            try cassette.save()
            #expect(Canary(secret).leak(in: try written(below: folder)) == nil)
        }
    }

    @Test func `the same secret has one tag, the same in each recording`() async throws {
        var texts: [String] = []
        for token in ["first-token-4711-xyz", "other-token-0815-abc"] {
            try await withFolder { folder in
                let real = MockTransport()
                real.on(.post, "/token").reply(json: ["access_token": .string(token)])
                real.on(.get, "/me").reply(json: ["id": 1])
                try await Cassette.use("\(folder)/c.json", recording: real) { cassette in
                    _ = try await cassette.send(makeRequest(.post, "https://api.test/token"))
                    let sealed = try Credential.bearer(Secret(token)).fields
                    _ = try await cassette.send(makeRequest(.get, "https://api.test/me", sealed: sealed))
                }
                texts.append(try String(contentsOfFile: "\(folder)/c.json", encoding: .utf8))
            }
        }
        #expect(texts[0] == texts[1])
        #expect(texts[0].contains(#""access_token": "[secret:access_token-1]""#))
        #expect(texts[0].contains("authorization: Bearer [secret:access_token-1]"))
    }

    @Test func `what cannot be looked into is not recorded, and the call says so`() async throws {
        try await withFolder { folder in
            let real = MockTransport()
            real.on(.get, "/x").reply(headers: ["Content-Encoding": "br"], body: "whatever")
            let cassette = try Cassette("\(folder)/c.json", recording: real)
            let failure = await #expect(throws: TransportFailure.self) { try await cassette.send(makeRequest()) }
            #expect(
                failure?.message
                    == "a body of GET https://api.test is encoded as br, which a cassette cannot look into; ask for gzip or identity"
            )
            #expect(throws: CassetteFailure.self) { try cassette.save() }
            #expect(try written(below: folder).isEmpty)
        }
    }
}

extension SecretEncoding {
    /// The bytes of a secret in one encoding.
    static func allForms(of bytes: [UInt8], _ encoding: SecretEncoding) -> [[UInt8]] {
        let hex = { (upper: Bool) in
            Array(
                bytes.map { byte in
                    let digits = String(byte, radix: 16, uppercase: upper)
                    return digits.count == 1 ? "0\(digits)" : digits
                }.joined().utf8)
        }
        let base64 = { (offset: Int, isURL: Bool) -> [UInt8] in
            var text = Data(Array("abc".utf8.prefix(offset)) + bytes).base64EncodedString()
            if isURL { text = text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "") }
            return Array(text.utf8)
        }
        let percent = { (keeps: String) in
            bytes.flatMap { byte -> [UInt8] in
                let character = Character(Unicode.Scalar(byte))
                let isKept =
                    character.isASCII && (character.isLetter || character.isNumber || keeps.contains(character))
                return isKept ? [byte] : Array("%\(String(byte, radix: 16, uppercase: true))".utf8)
            }
        }
        switch encoding {
        case .raw: return [bytes]
        case .percent: return [percent("-._~")]
        case .form: return [percent("-._*")]
        case .json: return [Array(String(decoding: bytes, as: UTF8.self).replacing("/", with: "\\/").utf8)]
        case .hexLower: return [hex(false)]
        case .hexUpper: return [hex(true)]
        case .base64First: return [base64(0, false)]
        case .base64Second: return [base64(1, false)]
        case .base64Third: return [base64(2, false)]
        case .base64urlFirst: return [base64(0, true)]
        case .base64urlSecond: return [base64(1, true)]
        case .base64urlThird: return [base64(2, true)]
        }
    }
}
