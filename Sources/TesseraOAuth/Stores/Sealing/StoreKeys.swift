#if OAuth
public import TesseraCore

/// The keys that stored logins are encrypted with (AES-256-GCM), and the one that names them.
///
/// A key is a secret of 32 random bytes, in hexadecimal or base64url; ``generate()`` makes one. Who has the key and the
/// store has the logins: a key that lies beside the data protects backups, not the account.
///
/// To change the key, add the new one as an older one everywhere, then make it the current one:
///
/// ```swift
/// let keys = StoreKeys(
///     .environment("STORE_KEY_2027"), older: [.environment("STORE_KEY_2026")], naming: .environment("STORE_KEY_2026"))
/// ```
///
/// Each login is encrypted under the new key when it is next written. The key that gives the entries their names stays
/// what it was: it can tell who has an entry, not what is in it.
public struct StoreKeys: Sendable, CustomStringConvertible, CustomReflectable {
    let current: any SecretSource
    let older: [any SecretSource]
    let naming: any SecretSource

    /// One key for everything.
    public init(_ key: any SecretSource) {
        current = key
        older = []
        naming = key
    }

    /// A key that encrypts, others that are still read, and the one the store began with, which names the entries.
    public init(_ current: any SecretSource, older: [any SecretSource], naming: any SecretSource) {
        self.current = current
        self.older = older
        self.naming = naming
    }

    /// A new random key in hexadecimal.
    public static func generate() -> Secret { Keyring.randomKey() }

    /// The number of keys.
    public var description: String { "StoreKeys(\(older.count + 1))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
