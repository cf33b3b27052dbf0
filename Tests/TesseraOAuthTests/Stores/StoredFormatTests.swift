#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// C9: releases of different age on one store.
@Suite struct `Stored format` {
    private let key = TokenKey.fixture()

    /// An entry as a newer release writes it: with members and a sealed token that this one does not know.
    private func newer(format: Int = 2, needs: Int = 1, _ sealing: RecordSealing) throws -> [UInt8] {
        var record = LoginRecord.fixture()
        let place = SealedField.Place(key: key, login: record.login, generation: record.generation)
        record.unknown.members = [
            "audience": .array([
                .string("a"), .integer(-3), .natural(.max), .bool(true), .null, .object(["x": .number(0.5)]),
            ])
        ]
        record.unknown.sealed = [
            "idToken": try SealedField.seal(
                Secret.fixture("id-token-of-the-future"), as: "idToken", at: place, sealing.keyring.current)
        ]
        record.unknown.format = format
        record.unknown.needs = needs
        return try sealing.seal(record, for: key)
    }

    @Test func `what a newer release added is kept through a renewal by this one`() async throws {
        let sealing = RecordSealing(keyring: try await Keyring(.fixture()))
        var record = try sealing.open(newer(sealing), for: key)
        let added = record.unknown
        #expect(added.members.count == 1 && added.sealed.count == 1)
        record.generation += 1
        record.refreshToken = Secret.fixture("refresh-token-number-5")
        let again = try sealing.open(sealing.seal(record, for: key), for: key)
        #expect(again.unknown == added)
        // The newer release still opens its own token: it was sealed for the generation that it names.
        let place = SealedField.Place(key: key, login: record.login, generation: 4)
        let box = try #require(again.unknown.sealed["idToken"])
        #expect(
            try SealedField.open(box, as: "idToken", at: place, sealing.keyring)
                == Secret.fixture("id-token-of-the-future"))
    }

    @Test func `a writer does not lower the format`() async throws {
        let sealing = RecordSealing(keyring: try await Keyring(.fixture()))
        let record = try sealing.open(newer(format: 7, sealing), for: key)
        let envelope = try SealedEnvelope.parse(try sealing.seal(record, for: key))
        #expect(envelope.format == 7 && envelope.needs == 1)
    }

    @Test func `a format that this release cannot read has its own error`() async throws {
        let sealing = RecordSealing(keyring: try await Keyring(.fixture()))
        let bytes = try newer(format: 3, needs: 3, sealing)
        #expect(await storeError { _ = try sealing.open(bytes, for: key) } == .storeTooNew)
        // Also when its outer members are others.
        let foreign = Array(#"{"format":9,"needs":9,"cipher":"unknown"}"#.utf8)
        #expect(await storeError { _ = try sealing.open(foreign, for: key) } == .storeTooNew)
    }

    /// The compatibility of a release is a promise about bytes, so the bytes of the first one are kept here.
    @Test func `an entry of the first release is read`() async throws {
        let sealing = RecordSealing(keyring: try await Keyring(.fixture()))
        let document = #"{"state":{"ready":{}},"fence":3,"accessTokens":[],"sealed":{}}"#
        var envelope = SealedEnvelope(format: 1, needs: 1, key: "", login: "l", generation: 2, body: "")
        let bytes = try envelope.seal(Array(document.utf8), for: key, sealing.keyring.current)
        let record = try sealing.open(bytes, for: key)
        #expect(record.login == "l" && record.generation == 2 && record.fence == 3 && record.state == .ready)
        #expect(record.refreshToken == nil && record.accessTokens.isEmpty)
    }

    @Test func `a record that lists a token it does not hold is refused`() async throws {
        let sealing = RecordSealing(keyring: try await Keyring(.fixture()))
        let token = #"{"scope":[],"field":"accessToken.0","issuedAt":{"time":{"nanoseconds":1}},"granted":[]}"#
        let document = #"{"state":{"ready":{}},"fence":3,"accessTokens":[\#(token)],"sealed":{}}"#
        var envelope = SealedEnvelope(format: 1, needs: 1, key: "", login: "l", generation: 2, body: "")
        let bytes = try envelope.seal(Array(document.utf8), for: key, sealing.keyring.current)
        #expect(await storeError { _ = try sealing.open(bytes, for: key) } == .storeTampered)
    }

    @Test(arguments: [
        ("64 hexadecimal digits", String(repeating: "0123456789abcdef", count: 4), true),
        ("capitals", String(repeating: "0123456789ABCDEF", count: 4), true),
        ("base64url", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", true),
        ("base64url with padding", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", true),
        ("63 digits", String(repeating: "0123456789abcde", count: 4) + "abc", false),
        ("a digit that is none", String(repeating: "0123456789abcdeg", count: 4), false),
        ("base64 that is not url-safe", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH+8", false),
        ("base64url with bits left over", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9", false),
        ("a password", "correct horse battery staple", false),
        ("nothing", "", false),
        ("zeros", String(repeating: "0", count: 64), false),
    ])
    func `a key is 32 bytes in one of two notations`(what: String, text: String, isKey: Bool) async throws {
        let error = await storeError { _ = try await Keyring(StoreKeys(.value(Secret(text)))) }
        #expect(error == (isKey ? nil : .misconfigured), "\(what)")
    }

    @Test func `a generated key is one, and no two are equal`() async throws {
        let (one, two) = (StoreKeys.generate(), StoreKeys.generate())
        #expect(one != two && one.count == 64)
        _ = try await Keyring(StoreKeys(.value(one)))
    }

    /// Names collide only if keys are equal: length prefixes keep the parts apart.
    @Test func `names of different keys differ`() async throws {
        let ring = try await Keyring(.fixture())
        let parts = [
            "", "a", "b", "ab", "a\u{0}b", "é", "e\u{301}", "\u{1F600}", "../../etc", "A", "a/b", "https://x/",
        ]
        var names: [StorageName: TokenKey] = [:]
        var count = 0
        for one in parts {
            for two in parts {
                let keys: [TokenKey] = [
                    .user(issuer: one, client: two, subject: "s"), .user(issuer: "i", client: one, subject: two),
                    .client(issuer: "i", client: "c", scope: [one, two]),
                    .client(issuer: "i", client: "c", resource: one, keyThumbprint: two),
                    .client(issuer: one, client: two),
                ]
                for key in Set(keys) where names[ring.name(of: key)] != key {
                    #expect(names[ring.name(of: key)] == nil, "\(one) \(two)")
                    names[ring.name(of: key)] = key
                    count += 1
                }
            }
        }
        #expect(count == names.count && count > 500)
    }
}
#endif
