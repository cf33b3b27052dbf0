import Synchronization

/// Replaces secrets in text by their tags: known ones in every encoding of ``SecretEncoding``, unknown ones by their
/// ``SecretPattern``.
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
            note(storage, as: issued)
        }

        private mutating func note(_ storage: SecretStorage, as number: UInt64) {
            secrets[number] = WeakSecret(storage: storage)
            numbers[ObjectIdentifier(storage)] = number
            for (place, form) in storage.forms.enumerated() {
                form.withBytes { index.insert($0, number: number, form: place) }
            }
        }

        /// Forgets the dead. What is called once in so many registrations costs each of them little.
        ///
        /// The living keep their numbers: who searches meanwhile, with the index of before, finds them by those.
        mutating func sweep() {
            let living = secrets.sorted { $0.key < $1.key }.compactMap { number, secret in
                secret.storage.map { (number, $0) }
            }
            secrets = [:]
            numbers = [:]
            index = SecretIndex()
            for (number, storage) in living { note(storage, as: number) }
            sweepAt = max(64, living.count * 2)
        }
    }

    private struct WeakSecret {
        weak var storage: SecretStorage?
    }

    private let registry = Mutex(Registry())
    /// What is looked for besides known secrets.
    let patterns: PatternMatcher?

    /// A redactor that knows no secret yet, and looks for patterns besides.
    public init(patterns: Set<SecretPattern> = []) {
        self.patterns = patterns.isEmpty ? nil : PatternMatcher(patterns)
    }

    /// Makes a secret known for as long as it lives.
    ///
    /// - Returns: Whether it can be redacted by value. Secrets that are short (``Secret/shortestRedactable``), made of few
    ///   different bytes, or long and made of a piece that comes again and again, are not registered: a server that issues
    ///   the token `INFO` must not be able to blot out the word in every log line.
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
            if seen.count == 5 { return !repeatsItself(bytes) }
        }
        return false
    }

    /// Whether a long secret is made of pieces that come again and again, or of lines without number: no secret is, and
    /// to look for it could take a time that grows with its length at each place of a text.
    private static func repeatsItself(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count > SecretIndex.longestPeriodic else { return false }
        if bytes.count(where: { $0 == 0x0A || $0 == 0x0D }) > 1024 { return true }
        let form = EncodedForm(bytes, as: .raw)
        return !SecretIndex.candidates(form.count - SecretIndex.window + 1)
            .contains { form.hasOnce(form.window(at: $0)) }
    }

    // MARK: Tags

    /// The tag that stands for a secret: ten hexadecimal digits of a hash that is keyed anew in each process.
    public func tag(for secret: Secret) -> String {
        secret.withExposedBytes { Redactor.tag(for: $0) }
    }

    private static let tagKey = [UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)]

    static func tag(for bytes: UnsafeBufferPointer<UInt8>) -> String {
        // `SWIFT_DETERMINISTIC_HASHING` takes the key out of `Hasher`, and tests often run with it.
        var hasher = Hasher()
        hasher.combine(tagKey)
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        let hash = UInt64(bitPattern: Int64(hasher.finalize())) >> 24
        let digits = String(hash, radix: 16)
        return "[secret:" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + "]"
    }

    // MARK: Text

    /// `text` with every secret replaced by its tag.
    ///
    /// One pass over the text, however many secrets there are.
    public func redact(_ text: String) -> String {
        redact(text, patterns: patterns)
    }

    /// `text` with every known secret replaced by its tag, and everything that looks like one.
    ///
    /// For free text that came from elsewhere: what a peer says may hold secrets that nobody here knows. A value that the
    /// program itself has typed and chosen to show is no such text.
    public func redact(unknown text: String) -> String {
        redact(text, patterns: .everything)
    }

    /// `text` with every known secret replaced by its tag, and what is a secret by its own look; not what only the name
    /// before it says, for texts whose names somebody else has looked at.
    package func redact(formatsIn text: String) -> String {
        redact(text, patterns: .formats)
    }

    /// The value that something of a name has: whole, when the name is one of secrets such as `password`.
    package func redact(unknown value: String, named name: String) -> String {
        var name = name
        let isSecret = name.withUTF8 { name in
            var value = value
            return value.withUTF8 { SecretName.isSecret($0, named: name) }
        }
        guard isSecret else { return redact(unknown: value) }
        var value = value
        return value.withUTF8 { Redactor.tag(for: $0) }
    }

    private func redact(_ text: String, patterns: PatternMatcher?) -> String {
        var text = text
        let redacted = text.withUTF8 { bytes -> [UInt8]? in
            let spans = spans(in: bytes, patterns)
            return spans.isEmpty ? nil : RedactionSpan.replacing(spans, in: bytes, from: 0, to: bytes.count)
        }
        return redacted.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// `bytes`, of whatever encoding, with every secret replaced by its tag.
    public func redact(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { bytes in
            let spans = spans(in: bytes, patterns)
            return RedactionSpan.replacing(spans, in: bytes, from: 0, to: bytes.count)
        }
    }

    private func spans(in text: UnsafeBufferPointer<UInt8>, _ patterns: PatternMatcher?) -> [RedactionSpan] {
        var spans: [RedactionSpan] = []
        known(in: text, windows: 0..<text.count) { spans.append($0) }
        patterns?.matches(in: text).forEach { spans.append(RedactionSpan($0)) }
        return RedactionSpan.merged(spans)
    }

    // MARK: Known secrets

    /// What is known now, for one pass over a text.
    var index: SecretIndex { registry.withLock { $0.index } }

    /// Calls `found` with each place of a known secret that has a window at `windows`.
    func known(
        in text: UnsafeBufferPointer<UInt8>, windows: Range<Int>, _ found: (RedactionSpan) -> Void
    ) {
        index.search(text, windows) { position, entry in
            guard let storage = storage(of: entry.secret) else { return }
            let range = storage.form(entry.form).withBytes {
                SecretMatcher(secret: $0, text: text).range(of: entry.encoding, offset: entry.offset, at: position)
            }
            if let range { found(RedactionSpan(range: range, secret: Secret(known: storage))) }
        }
    }

    func storage(of number: UInt64) -> SecretStorage? {
        registry.withLock { $0.secrets[number]?.storage }
    }
}

extension Secret {
    /// A secret on storage that is registered already.
    init(known storage: SecretStorage) {
        self.storage = storage
    }
}
