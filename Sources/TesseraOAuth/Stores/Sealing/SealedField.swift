#if OAuth
import Crypto
import TesseraCore

/// One secret of a record in its sealed form, `key id . generation . base64url(nonce, ciphertext, tag)`, bound to the
/// token key, the login, the generation and the name of the field (threat C1).
///
/// Nonces are random: 2^32 of them under one key leave a chance of a repetition below 2^-32 (NIST SP 800-38D §8.3).
struct SealedField {
    enum Name {
        static let refreshToken = "refreshToken"
        static let spare = "spare"
        static func accessToken(_ index: Int) -> String { "accessToken.\(index)" }

        static func isKnown(_ name: String) -> Bool {
            name == refreshToken || name == spare || name.hasPrefix("accessToken.")
        }
    }

    /// What a field belongs to.
    struct Place {
        var key: TokenKey
        var login: String
        var generation: UInt64

        func data(_ field: String) -> [UInt8] {
            var data = AssociatedData("tessera login field 1")
            data.append(key)
            data.append(login)
            data.append(generation)
            data.append(field)
            return data.bytes
        }
    }

    enum Failure: Error {
        /// The box needs a key that was not given.
        case unknownKey(String)
        /// The box was cut, edited, or made for another place.
        case refused
    }

    static func seal(_ secret: Secret, as field: String, at place: Place, _ key: Keyring.SealingKey) throws -> String {
        let sealed = try secret.withExposedBytes {
            try SealedBoxBytes.seal(Array($0), key.key, authenticating: place.data(field))
        }
        return "\(key.id).\(place.generation).\(Base64URL.encode(sealed))"
    }

    static func open(
        _ text: String, as field: String, at place: Place, _ keyring: Keyring
    ) throws(Failure) -> Secret {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, UInt64(parts[1]) == place.generation, let sealed = Base64URL.decode(parts[2].utf8)
        else { throw .refused }
        guard let key = keyring.key(String(parts[0])) else { throw .unknownKey(String(parts[0])) }
        guard let bytes = SealedBoxBytes.open(sealed, key.key, authenticating: place.data(field)),
            bytes.count <= Secret.longest
        else { throw .refused }
        return Secret(bytes: bytes)
    }
}

/// AES-256-GCM over arrays of bytes: nonce, ciphertext, tag (NIST SP 800-38D).
enum SealedBoxBytes {
    /// Nonce and tag.
    static let overhead = 28

    static func seal(_ bytes: [UInt8], _ key: SymmetricKey, authenticating data: [UInt8]) throws -> [UInt8] {
        let box = try AES.GCM.seal(bytes, using: key, authenticating: data)
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    /// The bytes; nil when the tag does not fit, for whatever reason.
    static func open(_ sealed: [UInt8], _ key: SymmetricKey, authenticating data: [UInt8]) -> [UInt8]? {
        guard sealed.count >= overhead, let box = try? AES.GCM.SealedBox(combined: sealed),
            let bytes = try? AES.GCM.open(box, using: key, authenticating: data)
        else { return nil }
        return Array(bytes)
    }
}
#endif
