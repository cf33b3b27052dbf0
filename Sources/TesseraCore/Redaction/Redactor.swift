import Synchronization

/// Replaces known secrets in text by their tags, in every encoding of ``SecretEncoding``.
///
/// The process has one, ``process``, which knows every living ``Secret``; errors, histories and problem details pass
/// through it. It is the last line, not the first: credentials are kept out of those places to begin with.
public final class Redactor: Sendable {
    /// The redactor that every secret of the process is registered with.
    public static let process = Redactor()

    private struct Registry {
        /// By number. None is given twice, so that who still searches with an older index finds no other secret.
        var secrets: [UInt64: WeakSecret] = [:]
        var numbers: [ObjectIdentifier: UInt64] = [:]
        var index = SecretIndex()
        var issued: UInt64 = 0
        var sweepAt = 64

        mutating func add(_ storage: SecretStorage) {
            // A number of a dead secret may stand where a new one has come to lie.
            if let number = numbers[ObjectIdentifier(storage)], secrets[number]?.storage === storage { return }
            issued &+= 1
            secrets[issued] = WeakSecret(storage: storage)
            numbers[ObjectIdentifier(storage)] = issued
            storage.withBytes { index.insert($0, number: issued) }
        }

        /// Forgets the dead. What is called once in so many registrations costs each of them little.
        mutating func sweep() {
            let living = secrets.sorted { $0.key < $1.key }.compactMap { $0.value.storage }
            secrets = [:]
            numbers = [:]
            index = SecretIndex()
            for storage in living { add(storage) }
            sweepAt = max(64, living.count * 2)
        }
    }

    private struct WeakSecret {
        weak var storage: SecretStorage?
    }

    private struct Match {
        var range: Range<Int>
        var storage: SecretStorage
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
        guard secret.withExposedBytes({ Redactor.isDistinctive($0) }) else { return false }
        registry.withLock { registry in
            registry.add(secret.storage)
            if registry.secrets.count >= registry.sweepAt { registry.sweep() }
        }
        return true
    }

    private static func isDistinctive(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count >= Secret.shortestRedactable else { return false }
        var seen: [UInt8] = []
        for byte in bytes where !seen.contains(byte) {
            seen.append(byte)
            if seen.count == 5 { return true }
        }
        return false
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
    ///
    /// One pass over the text, however many secrets there are.
    public func redact(_ text: String) -> String {
        var text = text
        return text.withUTF8 { redacted($0) } ?? text
    }

    /// Nil when there is nothing to replace.
    private func redacted(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        let matches = matches(in: text)
        guard !matches.isEmpty else { return nil }
        var output: [UInt8] = []
        var position = 0
        for match in matches {
            output += text[position..<match.range.lowerBound]
            output += Array(tag(for: Secret(known: match.storage)).utf8)
            position = match.range.upperBound
        }
        output += text[position...]
        return String(decoding: output, as: UTF8.self)
    }

    /// Where secrets stand, in order. Of those that overlap the longest gives its name to all that they cover, so that
    /// no end of another one is left.
    private func matches(in text: UnsafeBufferPointer<UInt8>) -> [Match] {
        let index = registry.withLock { $0.index }
        var found: [Match] = []
        index.search(text) { position, entry in
            guard let storage = registry.withLock({ $0.secrets[entry.secret]?.storage }) else { return }
            let range = storage.withBytes {
                SecretMatcher(secret: $0, text: text).range(of: entry.encoding, offset: entry.offset, at: position)
            }
            if let range { found.append(Match(range: range, storage: storage)) }
        }
        guard found.count > 1 else { return found }
        found.sort { ($0.range.lowerBound, $1.range.count) < ($1.range.lowerBound, $0.range.count) }
        var merged: [Match] = []
        var longest = 0
        for match in found {
            guard let last = merged.last, match.range.lowerBound < last.range.upperBound else {
                merged.append(match)
                longest = match.range.count
                continue
            }
            let end = max(last.range.upperBound, match.range.upperBound)
            let storage = match.range.count > longest ? match.storage : last.storage
            longest = max(longest, match.range.count)
            merged[merged.count - 1] = Match(range: last.range.lowerBound..<end, storage: storage)
        }
        return merged
    }
}

extension Secret {
    /// A secret on storage that is registered already.
    init(known storage: SecretStorage) {
        self.storage = storage
    }
}
