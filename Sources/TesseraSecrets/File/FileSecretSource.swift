import Synchronization
public import TesseraCore

/// A secret in a file that something else writes: a Docker or Kubernetes mount, a systemd credential.
///
/// The file is looked at each time the secret is needed and read when it is another one, so that a rotated secret is seen
/// at the next question. One line break at its end is dropped. Symbolic links are followed, as Kubernetes swaps them.
public final class FileSecretSource: SecretSource {
    private struct Copy {
        var identity: SecretFile.Identity
        var secret: Secret
    }

    /// The file.
    public let path: String
    private let copy = Mutex<Copy?>(nil)

    /// A source that reads the file at `path`.
    public init(_ path: String) {
        self.path = path
    }

    /// The file's contents as they are now.
    public func secret() async throws -> Secret { try current() }

    /// The same, read again whatever the file's times say: some file systems count in whole seconds.
    public func secret(after rejected: Secret) async throws -> Secret {
        copy.withLock { $0 = nil }
        return try current()
    }

    private func current() throws -> Secret {
        if let copy = copy.withLock({ $0 }), copy.identity == SecretFile.identity(of: path) { return copy.secret }
        let file = try SecretFile.read(path, limit: Secret.longest)
        var bytes = file.bytes
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw TesseraError(.secretUnavailable, "the file \(path) is empty", remedy: "write the secret to it")
        }
        let secret = Secret(bytes: bytes)
        copy.withLock { $0 = Copy(identity: file.identity, secret: secret) }
        return secret
    }
}

extension FileSecretSource: CustomStringConvertible, CustomReflectable {
    /// The path.
    public var description: String { "FileSecretSource(\(path))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SecretSource where Self == FileSecretSource {
    /// The secret in a file, read again when the file changes.
    public static func file(_ path: String) -> FileSecretSource { FileSecretSource(path) }
}
