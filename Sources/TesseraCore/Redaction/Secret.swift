/// Bytes that must not come out: a token, a password, an API key.
///
/// It prints as a keyed tag such as `[secret:7f3a19c2ab]`, the same for the same bytes within one process, in every
/// description, dump and interpolation, and it cannot be encoded. It is made at run time only; a literal does not
/// compile. Its own copy of the bytes is wiped when the last owner goes; a sent header's copy is not.
///
/// Every secret of at least ``shortestRedactable`` bytes is known to ``Redactor/process`` for as long as it lives.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Secrets below this many bytes cannot be redacted by value: too much ordinary text would match.
    public static let shortestRedactable = 8
    /// The longest secret that is accepted, in bytes.
    public static let longest = 65_536

    let storage: SecretStorage

    /// A secret of the given bytes.
    public init(bytes: some Collection<UInt8>) {
        storage = SecretStorage(bytes)
        Redactor.process.register(self)
    }

    /// A secret of the UTF-8 bytes of a string that came from somewhere else at run time.
    public init(_ value: String) {
        self.init(bytes: value.utf8)
    }

    /// The secret in an environment variable.
    ///
    /// One line break at its end is dropped, as shells and mounted files leave one.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/secretUnavailable`` when the variable is unset or empty.
    public init(environment name: String) throws {
        guard let value = Platform.environment(name) else {
            throw TesseraError(
                .secretUnavailable, "the environment variable \(Secret.printable(name)) is not set",
                remedy: "export it before the program starts")
        }
        var bytes = Array(value.utf8)
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw TesseraError(
                .secretUnavailable, "the environment variable \(Secret.printable(name)) is empty",
                remedy: "set it to the secret's value")
        }
        guard bytes.count <= Secret.longest else {
            throw TesseraError(
                .secretUnavailable,
                "the environment variable \(Secret.printable(name)) is longer than \(Secret.longest) bytes")
        }
        self.init(bytes: bytes)
    }

    /// The number of bytes.
    public var count: Int { storage.count }

    /// Whether there are no bytes.
    public var isEmpty: Bool { storage.count == 0 }

    /// Calls `body` with the bytes. The one way to them, so that each exposure can be found by its name.
    public func withExposedBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try storage.withBytes(body)
    }

    /// Compares in time that depends on the lengths only.
    public static func == (left: Secret, right: Secret) -> Bool {
        left.storage.withBytes { leftBytes in
            right.storage.withBytes { rightBytes in
                guard leftBytes.count == rightBytes.count else { return false }
                var difference: UInt8 = 0
                for index in leftBytes.indices { difference |= leftBytes[index] ^ rightBytes[index] }
                return difference == 0
            }
        }
    }

    /// The keyed tag.
    public var description: String { Redactor.process.tag(for: self) }
    /// The keyed tag.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// A name for a message: an environment variable's name may have been mixed up with its value.
    private static func printable(_ name: String) -> String {
        let isName = name.utf8.count <= 64 && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == 0x5F }
        return isName ? name : "with the given name"
    }
}

/// Secrets are not written into source code: the conformance exists so that the compiler can say so.
@available(
    *, unavailable,
    message: "a secret in source code ends up in the repository; use Secret(environment:) or another source"
)
extension Secret: ExpressibleByStringInterpolation {
    /// Does not compile.
    public init(stringLiteral value: String) {
        self.init(bytes: value.utf8)
    }

    /// Does not compile.
    public init(stringInterpolation: DefaultStringInterpolation) {
        self.init(bytes: [])
    }
}
