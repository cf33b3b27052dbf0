import Synchronization

/// Replaces known secrets in text by their tags, in every encoding of ``SecretEncoding``.
///
/// The process has one, ``process``, which knows every living ``Secret``; errors, histories and problem details pass
/// through it. It is the last line, not the first: credentials are kept out of those places to begin with.
public final class Redactor: Sendable {
    /// The redactor that every secret of the process is registered with.
    public static let process = Redactor()

    private struct Registry {
        var secrets: [ObjectIdentifier: WeakSecret] = [:]
        var sweepAt = 64
    }

    private struct WeakSecret {
        weak var storage: SecretStorage?
    }

    private let registry = Mutex(Registry())

    /// A redactor that knows no secret yet.
    public init() {}

    /// Makes a secret known for as long as it lives.
    ///
    /// - Returns: Whether it can be redacted by value. Secrets that are short (``Secret/shortestRedactable``) or made
    ///   of few different bytes are not registered: a server that issues the token `INFO` must not be able to blot out
    ///   the word in every log line.
    @discardableResult
    public func register(_ secret: Secret) -> Bool {
        let isDistinctive = secret.withExposedBytes { bytes in
            bytes.count >= Secret.shortestRedactable && Set(bytes).count >= 5
        }
        guard isDistinctive else { return false }
        registry.withLock { registry in
            registry.secrets[ObjectIdentifier(secret.storage)] = WeakSecret(storage: secret.storage)
            guard registry.secrets.count >= registry.sweepAt else { return }
            registry.secrets = registry.secrets.filter { $0.value.storage != nil }
            registry.sweepAt = max(64, registry.secrets.count * 2)
        }
        return true
    }

    /// The tag that stands for a secret: ten hexadecimal digits of a hash that is keyed anew in each process.
    public func tag(for secret: Secret) -> String {
        var hasher = Hasher()
        secret.withExposedBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        let hash = UInt64(bitPattern: Int64(hasher.finalize())) >> 24
        let digits = String(hash, radix: 16)
        return "[secret:" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + "]"
    }

    /// `text` with every known secret replaced by its tag.
    public func redact(_ text: String) -> String {
        let living = registry.withLock { $0.secrets.values.compactMap(\.storage) }
        guard !living.isEmpty, !text.isEmpty else { return text }
        var bytes = Array(text.utf8)
        var changed = false
        // The longest first: one that holds another must not lose its middle only.
        for storage in living.sorted(by: { $0.count > $1.count }) {
            changed = replace(Secret(known: storage), in: &bytes) || changed
        }
        return changed ? String(decoding: bytes, as: UTF8.self) : text
    }

    private func replace(_ secret: Secret, in bytes: inout [UInt8]) -> Bool {
        let matcher = secret.withExposedBytes { SecretMatcher(Array($0)) }
        guard var match = matcher.firstMatch(in: bytes[...])?.range else { return false }
        let replacement = Array(tag(for: secret).utf8)
        var output: [UInt8] = []
        var rest = bytes[...]
        while true {
            output += rest[..<match.lowerBound]
            output += replacement
            rest = rest[match.upperBound...]
            guard let next = matcher.firstMatch(in: rest)?.range else { break }
            match = next
        }
        bytes = output + rest
        return true
    }
}

extension Secret {
    /// A secret on storage that is registered already.
    init(known storage: SecretStorage) {
        self.storage = storage
    }
}

extension ArraySlice<UInt8> {
    /// The first place where `pattern` stands.
    func firstRange(of pattern: [UInt8]) -> Range<Int>? {
        guard let head = pattern.first, pattern.count <= count else { return nil }
        var position = startIndex
        let end = endIndex - pattern.count
        while position <= end, let start = self[position...end].firstIndex(of: head) {
            if self[start..<start + pattern.count].elementsEqual(pattern) { return start..<start + pattern.count }
            position = start + 1
        }
        return nil
    }
}
