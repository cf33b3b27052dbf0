#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Sealed login store` {
    /// A store, and the bytes it holds.
    private struct Scenario {
        let memory = MemoryTokenStore()
        let key = TokenKey.fixture()
        var keys = StoreKeys.fixture()
        var store: SealedLoginStore { SealedLoginStore(memory, keys: keys) }

        func name(_ key: TokenKey) async throws -> StorageName { try await Keyring(keys).name(of: key) }

        func entry(_ key: TokenKey? = nil) async throws -> StoredEntry {
            try #require(try await memory.load(name(key ?? self.key)))
        }

        func replace(_ key: TokenKey? = nil, _ bytes: [UInt8]) async throws {
            let name = try await name(key ?? self.key)
            _ = try await memory.save(bytes, for: name, replacing: memory.load(name)?.version)
        }
    }

    @Test func `every field of a record comes back`() async throws {
        let scenario = Scenario()
        let record = LoginRecord.fixture()
        let version = try await scenario.store.save(record, for: scenario.key, replacing: nil)
        let stored = try #require(try await scenario.store.load(scenario.key))
        #expect(stored.version == version)
        // By reflection, so that a field which is added and not stored is noticed.
        let before = Dictionary(Mirror(reflecting: record).children.map { ($0.label ?? "", "\($0.value)") }) { $1 }
        let after = Dictionary(Mirror(reflecting: stored.record).children.map { ($0.label ?? "", "\($0.value)") }) {
            $1
        }
        for (field, value) in before {
            #expect(!value.isEmpty && value != "nil", "the fixture has no \(field)")
            if field != "accessTokens" { #expect(after[field] == value, "\(field)") }
        }
        let (token, again) = (record.accessTokens[0], try #require(stored.record.accessTokens.first))
        #expect(again.value == token.value && again.scope == token.scope && again.resource == token.resource)
        #expect(again.issuedAt == token.issuedAt && again.lifetime == token.lifetime && again.granted == token.granted)
        #expect(stored.record.refreshToken == record.refreshToken && stored.record.spare == record.spare)
    }

    /// C3: neither tokens nor people, in the entry or in its name.
    @Test func `the store sees no token, no subject and no account`() async throws {
        let scenario = Scenario()
        _ = try await scenario.store.save(.fixture(), for: scenario.key, replacing: nil)
        let bytes = try await scenario.entry().bytes
        let name = try await scenario.name(scenario.key)
        let hidden = [
            "refresh-token-number-4", "access-token-number-4", "spare-token-number-4", "alice@people.test",
            "alice-the-subject", "https://login.test", "billing", "https://api.test/", "origin-tag", "a note",
        ]
        for text in hidden {
            #expect(SecretEncoding.first(of: Array(text.utf8), in: bytes) == nil, "\(text) in the entry")
            #expect(SecretEncoding.first(of: Array(text.utf8), in: Array(name.text.utf8)) == nil, "\(text) in the name")
        }
    }

    @Test func `two seals of one record have no bytes of their bodies in common`() async throws {
        let sealing = RecordSealing(keyring: try await Keyring(.fixture()))
        let one = try SealedEnvelope.parse(try sealing.seal(.fixture(), for: .fixture()))
        let two = try SealedEnvelope.parse(try sealing.seal(.fixture(), for: .fixture()))
        #expect(one.body != two.body)
        #expect(one.body.prefix(16) != two.body.prefix(16), "the nonce")
    }

    @Test func `the length of an entry does not tell a token's`() async throws {
        let sealing = RecordSealing(keyring: try await Keyring(.fixture()))
        let lengths = try (20..<220).map { length in
            try sealing.seal(.fixture(refresh: String(repeating: "t", count: length)), for: .fixture()).count
        }
        #expect(Set(lengths).count <= 2, "\(Set(lengths))")
    }

    /// C1: B's record in A's place.
    @Test func `an entry in another login's place is refused`() async throws {
        let scenario = Scenario()
        let other = TokenKey.fixture("bob@people.test")
        _ = try await scenario.store.save(.fixture(login: "a"), for: scenario.key, replacing: nil)
        _ = try await scenario.store.save(.fixture(login: "b"), for: other, replacing: nil)
        let (mine, foreign) = (try await scenario.entry().bytes, try await scenario.entry(other).bytes)
        try await scenario.replace(scenario.key, foreign)
        try await scenario.replace(other, mine)
        for key in [scenario.key, other] {
            #expect(await storeError { _ = try await scenario.store.load(key) } == .storeTampered)
        }
    }

    /// C1: a token of an older generation inside today's record.
    @Test func `a sealed token fits no other login, generation, field or key`() async throws {
        let ring = try await Keyring(.fixture())
        let place = SealedField.Place(key: .fixture(), login: "l", generation: 4)
        let secret = Secret.fixture("refresh-token-number-4")
        let box = try SealedField.seal(secret, as: "refreshToken", at: place, ring.current)
        #expect(try SealedField.open(box, as: "refreshToken", at: place, ring) == secret)
        var wrong = [place, place, place]
        wrong[0].login = "m"
        wrong[1].key = .fixture("bob@people.test")
        wrong[2].generation = 5
        for place in wrong {
            #expect(throws: SealedField.Failure.self) { try SealedField.open(box, as: "refreshToken", at: place, ring) }
        }
        #expect(throws: SealedField.Failure.self) { try SealedField.open(box, as: "spare", at: place, ring) }
        // Its own statement of the generation is not believed either.
        let claimed = box.replacing(".4.", with: ".5.")
        #expect(claimed != box)
        var later = place
        later.generation = 5
        #expect(throws: SealedField.Failure.self) {
            try SealedField.open(claimed, as: "refreshToken", at: later, ring)
        }
    }

    @Test func `every edited byte and every cut is noticed`() async throws {
        let scenario = Scenario()
        _ = try await scenario.store.save(.fixture(), for: scenario.key, replacing: nil)
        let bytes = try await scenario.entry().bytes
        let sealing = RecordSealing(keyring: try await Keyring(scenario.keys))
        let refused: Set<TesseraError.Code> = [.storeTampered, .storeTooNew, .storeKeyMismatch]
        for index in stride(from: 0, to: bytes.count, by: 7) {
            var edited = bytes
            edited[index] ^= 1
            let seen = await storeError { _ = try sealing.open(edited, for: scenario.key) }
            #expect(seen.map { refused.contains($0) } == true, "byte \(index): \(String(describing: seen))")
        }
        for length in stride(from: 0, to: bytes.count, by: 101) {
            let cut = Array(bytes.prefix(length))
            let seen = await storeError { _ = try sealing.open(cut, for: scenario.key) }
            #expect(seen == .storeTampered, "cut to \(length)")
        }
    }

    @Test func `the key is needed, and its absence has its own error`() async throws {
        let scenario = Scenario()
        _ = try await scenario.store.save(.fixture(), for: scenario.key, replacing: nil)
        let foreign = SealedLoginStore(
            scenario.memory,
            keys: StoreKeys(.value(.storeKey(9)), older: [], naming: .value(.storeKey(1))))
        #expect(await storeError { _ = try await foreign.load(scenario.key) } == .storeKeyMismatch)
        // Another naming key does not even find it.
        let stranger = SealedLoginStore(scenario.memory, keys: .fixture(9))
        #expect(try await stranger.load(scenario.key) == nil)
    }

    @Test func `a new key reads the old one's entries and encrypts them anew`() async throws {
        let scenario = Scenario()
        _ = try await scenario.store.save(.fixture(), for: scenario.key, replacing: nil)
        let old = try await scenario.entry()
        let turned = SealedLoginStore(
            scenario.memory,
            keys: StoreKeys(.value(.storeKey(2)), older: [.value(.storeKey(1))], naming: .value(.storeKey(1))))
        #expect(try await turned.load(scenario.key)?.record.generation == 4)
        #expect(try await turned.reencrypt(scenario.key))
        let again = try await turned.reencrypt(scenario.key)
        #expect(!again, "once is enough")
        #expect(try await scenario.entry() != old)
        #expect(await storeError { _ = try await scenario.store.load(scenario.key) } == .storeKeyMismatch)
        let only = SealedLoginStore(
            scenario.memory, keys: StoreKeys(.value(.storeKey(2)), older: [], naming: .value(.storeKey(1))))
        #expect(try await only.load(scenario.key)?.record.refreshToken == Secret.fixture("refresh-token-number-4"))
    }

    @Test func `a damaged entry is discarded for a new login`() async throws {
        let scenario = Scenario()
        _ = try await scenario.store.save(.fixture(), for: scenario.key, replacing: nil)
        try await scenario.replace(nil, Array("rubbish".utf8))
        #expect(await storeError { _ = try await scenario.store.load(scenario.key) } == .storeTampered)
        try await scenario.store.discard(scenario.key)
        _ = try await scenario.store.save(.fixture(login: "new"), for: scenario.key, replacing: nil)
        #expect(try await scenario.store.load(scenario.key)?.record.login == "new")
    }

    @Test func `space for the answer is set aside before an intent is saved, and a full store refuses the intent`()
        async throws
    {
        final class Full: TokenStore {
            let memory = MemoryTokenStore()
            var durability: TokenStoreDurability { .durable }
            func load(_ name: StorageName) async throws -> StoredEntry? { try await memory.load(name) }
            func save(
                _ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?
            ) async throws -> StoreVersion { try await memory.save(bytes, for: name, replacing: version) }
            func remove(_ name: StorageName, replacing version: StoreVersion) async throws {}
            func reserve(_ byteCount: Int, for name: StorageName) async throws {
                guard byteCount < 3 * 16_384 else { throw StoreFailure.failed("full") }
            }
        }
        let full = Full()
        let store = SealedLoginStore(full, keys: .fixture())
        #expect(
            await storeError { _ = try await store.save(.fixture(), for: .fixture(), replacing: nil) } == .storeFailed)
        #expect(try await store.load(.fixture()) == nil)
        var ready = LoginRecord.fixture()
        ready.state = .ready
        _ = try await store.save(ready, for: .fixture(), replacing: nil)
    }

    @Test func `tags are equal for equal tokens and keys only`() async throws {
        let (one, two) = (Secret.fixture("refresh-token-1"), Secret.fixture("refresh-token-2"))
        let store = SealedLoginStore(MemoryTokenStore(), keys: .fixture())
        let other = SealedLoginStore(MemoryTokenStore(), keys: .fixture(2))
        let tag = try await store.tag(of: one)
        #expect(try await SealedLoginStore(MemoryTokenStore(), keys: .fixture()).tag(of: one) == tag)
        #expect(try await store.tag(of: two) != tag)
        #expect(try await other.tag(of: one) != tag)
    }
}
#endif
