#if OAuth
import Crypto
import TesseraCore

/// The outermost form of a stored login: what must be known before it can be decrypted, and the encrypted record.
///
/// Everything outside the body is authenticated with it. A release reads an envelope when `needs` is at most its own
/// format; a writer keeps the greater `format` and `needs` it found, so that it never downgrades (threat C9).
struct SealedEnvelope: Codable {
    /// The format of this release.
    static let format = 1
    /// The longest entry that is read or written.
    static let longest = 1_048_576
    /// The body is filled up to a multiple of this, so that its length tells little of the tokens'.
    static let grain = 1024

    /// The newest format that wrote the login.
    var format: Int
    /// The oldest format that can read it.
    var needs: Int
    /// The id of the key.
    var key: String
    var login: String
    var generation: UInt64
    /// Base64url of nonce, ciphertext and tag.
    var body: String

    private struct Versions: Decodable {
        var format: Int
        var needs: Int
    }

    /// Reads an envelope without opening it.
    static func parse(_ bytes: [UInt8]) throws -> SealedEnvelope {
        guard bytes.count <= longest else {
            throw StoreFailure.tampered("the entry is longer than \(longest) bytes")
        }
        let coding = JSONCoding()
        guard let versions = try? coding.decode(Versions.self, from: bytes) else {
            throw StoreFailure.tampered("the entry is no stored login")
        }
        guard versions.needs <= format else { throw StoreFailure.tooNew(format: versions.needs) }
        guard let envelope = try? coding.decode(SealedEnvelope.self, from: bytes) else {
            throw StoreFailure.tampered("the entry is no stored login")
        }
        return envelope
    }

    /// Seals `plain` and gives the entry's bytes.
    mutating func seal(_ plain: [UInt8], for tokenKey: TokenKey, _ sealingKey: Keyring.SealingKey) throws -> [UInt8] {
        key = sealingKey.id
        // JSON may end in spaces.
        let fill = (SealedEnvelope.grain - plain.count % SealedEnvelope.grain) % SealedEnvelope.grain
        let padded = plain + [UInt8](repeating: 0x20, count: fill)
        body = Base64URL.encode(
            try SealedBoxBytes.seal(padded, sealingKey.key, authenticating: associatedData(tokenKey)))
        let bytes = try JSONCoding().encode(self)
        guard bytes.count <= SealedEnvelope.longest else {
            throw TesseraError(
                .storeFailed, "the login is longer than the \(SealedEnvelope.longest) bytes that a store keeps",
                remedy: "fewer scopes and resources under one login make it shorter")
        }
        return bytes
    }

    /// The record's JSON.
    func open(for tokenKey: TokenKey, _ keyring: Keyring) throws -> [UInt8] {
        guard let sealingKey = keyring.key(key) else { throw StoreFailure.keyMismatch(id: key) }
        guard let sealed = Base64URL.decode(body.utf8),
            let plain = SealedBoxBytes.open(sealed, sealingKey.key, authenticating: associatedData(tokenKey))
        else {
            throw StoreFailure.tampered("the entry was edited or cut, or belongs to another login")
        }
        return plain
    }

    private func associatedData(_ tokenKey: TokenKey) -> [UInt8] {
        var data = AssociatedData("tessera login record 1")
        data.append(UInt64(clamping: format))
        data.append(UInt64(clamping: needs))
        data.append(key)
        data.append(tokenKey)
        data.append(login)
        data.append(generation)
        return data.bytes
    }
}
#endif
