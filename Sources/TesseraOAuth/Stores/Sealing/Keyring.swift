#if OAuth
import Crypto
import TesseraCore

/// The keys of a store as they were read, each split into keys for one purpose (HKDF, RFC 5869).
struct Keyring: Sendable {
    /// One key for sealing.
    struct SealingKey: Sendable {
        /// Tells which key a box needs; derived from the key, so that nobody has to invent names.
        let id: String
        let key: SymmetricKey
    }

    let current: SealingKey
    private let all: [SealingKey]
    private let nameKey: SymmetricKey
    private let tagKey: SymmetricKey

    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/misconfigured`` when a key is not one of 32 bytes, or
    ///   what a source throws.
    init(_ keys: StoreKeys) async throws {
        let sealing = try Keyring.key(of: await keys.current.secret(), "current")
        var others: [SymmetricKey] = []
        for source in keys.older { others.append(try Keyring.key(of: await source.secret(), "older")) }
        let naming = try Keyring.key(of: await keys.naming.secret(), "naming")
        current = Keyring.sealingKey(sealing)
        all = [current] + others.map(Keyring.sealingKey)
        nameKey = Keyring.derive(naming, "tessera store names 1")
        tagKey = Keyring.derive(naming, "tessera token tags 1")
    }

    /// The key with the given id; nil when it was not given.
    func key(_ id: String) -> SealingKey? { all.first { $0.id == id } }

    /// The name under which the entry of `key` is stored.
    func name(of key: TokenKey) -> StorageName {
        var data = AssociatedData("storage name")
        data.append(key)
        return StorageName(hexadecimal: HMAC<SHA256>.authenticationCode(for: data.bytes, using: nameKey).map { $0 })
    }

    /// A tag of a refresh token, the same in all processes that share the naming key.
    func tag(of secret: Secret) -> String {
        let code = secret.withExposedBytes { HMAC<SHA256>.authenticationCode(for: Array($0), using: tagKey).map { $0 } }
        return StorageName(hexadecimal: code.prefix(10)).text
    }

    private static func sealingKey(_ key: SymmetricKey) -> SealingKey {
        let id = derive(key, "tessera key id 1").withUnsafeBytes { StorageName(hexadecimal: $0.prefix(6)).text }
        return SealingKey(id: id, key: derive(key, "tessera store seal 1"))
    }

    private static func derive(_ key: SymmetricKey, _ purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array(purpose.utf8), outputByteCount: 32)
    }

    /// The system's generator and not `Runtime.random`: virtual time must not make keys and nonces predictable.
    static func randomKey() -> Secret {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        return Secret(StorageName(hexadecimal: bytes).text)
    }

    private static func key(of secret: Secret, _ which: String) throws -> SymmetricKey {
        let bytes = secret.withExposedBytes { StoreKeyText.decode($0) }
        guard let bytes else {
            throw TesseraError(
                .misconfigured, "the \(which) store key is not 32 bytes in hexadecimal or base64url",
                remedy: "make one with StoreKeys.generate(), or with: openssl rand -hex 32")
        }
        guard Set(bytes).count > 4 else {
            throw TesseraError(
                .misconfigured, "the \(which) store key is not random", remedy: "make one with: openssl rand -hex 32")
        }
        return SymmetricKey(data: bytes)
    }
}

/// The notation of a store key: 64 hexadecimal digits, or 43 base64url characters with or without padding.
enum StoreKeyText {
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        text.count == 64 ? hexadecimal(text) : base64url(text)
    }

    private static func hexadecimal(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text {
            let digit: UInt8
            switch character {
            case 0x30...0x39: digit = character - 0x30
            case 0x61...0x66: digit = character - 0x61 + 10
            case 0x41...0x46: digit = character - 0x41 + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? bytes : nil
    }

    private static func base64url(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count == 43 || (text.count == 44 && text.last == UInt8(ascii: "=")) else { return nil }
        return Base64URL.decode(text.prefix(43))
    }
}
#endif
