/// Knows where in a text to look for a known secret, in one pass, however many secrets there are.
///
/// Of each form four bytes are known, its *window*; where they turn up in a text, ``SecretMatcher`` looks whether the
/// rest is there too. The window is a rare one: tokens of one issuer often begin alike.
struct SecretIndex: Sendable {
    struct Entry: Sendable {
        /// The secret's number in the redactor.
        var secret: UInt64
        /// Which of its storage's forms.
        var form: Int
        var encoding: SecretEncoding
        /// Where in the form the window is.
        var offset: Int
        fileprivate(set) var window: UInt32
        fileprivate var reading: Reading
    }

    /// How the text is read that a window is compared with.
    enum Reading: Sendable {
        case asItIs
        /// By ``TextEscapes/unit(at:in:)``.
        case unescaped
        case either
    }

    private var entries: [Entry] = []
    /// Open addressing: places in `entries`, from one; zero is free. A power of two, at most half full.
    private var slots: [UInt32] = []
    /// One bit for each hash that is there; small enough for the cache of one core.
    private(set) var filter: [UInt64] = []
    /// The bytes of the longest secret.
    private(set) var longest = 0
    /// The numbers of secrets that reach over the end of a line.
    private(set) var ofSeveralLines: [UInt64] = []

    private static let bitsPerSlot = 32
    static let window = 4

    var isEmpty: Bool { entries.isEmpty }

    // MARK: Learning

    mutating func insert(_ secret: UnsafeBufferPointer<UInt8>, number: UInt64, form written: Int = 0) {
        longest = max(longest, secret.count)
        if written == 0, secret.dropLast().contains(where: { $0 == 0x0A || $0 == 0x0D }) {
            ofSeveralLines.append(number)
        }
        for encoding in EncodedForm.encodings {
            let form = EncodedForm(secret, as: encoding)
            guard form.count >= max(6, SecretIndex.window) else { continue }
            func add(_ offset: Int, _ window: UInt32, _ reading: Reading) {
                append(
                    Entry(
                        secret: number, form: written, encoding: encoding, offset: offset, window: window,
                        reading: reading))
            }
            guard encoding == .raw else {
                if let offset = offset(for: form, where: { _ in true }) {
                    add(offset, form.window(at: offset), .asItIs)
                }
                continue
            }
            // A window without signs of escapes reads the same way in every text.
            if let offset = offset(for: form, where: { !TextEscapes.isAmbiguous($0) }) {
                add(offset, form.window(at: offset), .either)
                continue
            }
            guard let last = offset(for: form, where: { _ in true }) else { continue }
            add(last, form.window(at: last), .asItIs)
            // Written with every sign escaped it reads as it is.
            add(last, TextEscapes.withoutPlus(form.window(at: last)), .unescaped)
            // In a JSON string a percent sign stands for itself, and reads as if it began an escape.
            if let (offset, window) = TextEscapes.lastWindow(in: secret) { add(offset, window, .unescaped) }
        }
    }

    /// From the end, where tokens differ most.
    ///
    /// In a long form the window stands once: a text in which it comes again and again then differs from the form before
    /// it comes again, so that no byte of the text is compared twice with the same form.
    private func offset(for form: EncodedForm, where isGood: (UInt32) -> Bool) -> Int? {
        let isLong = form.count > SecretIndex.longestPeriodic
        var best: Int?
        for offset in SecretIndex.candidates(form.count - SecretIndex.window + 1) {
            let window = form.window(at: offset)
            guard isGood(window) else { continue }
            let isNew = !mayKnow(SecretIndex.hash(window))
            guard isNew || best == nil, !isLong || form.hasOnce(window) else { continue }
            if isNew { return offset }
            best = offset
        }
        return best
    }

    /// Places for windows: the last, the first, and some between.
    static func candidates(_ count: Int) -> [Int] {
        guard count > 64 else { return (0..<count).reversed() }
        let between = (1...32).map { count / 33 * $0 }
        return Array((count - 16..<count).reversed()) + Array(0..<16) + between
    }

    /// Forms up to so many bytes may repeat themselves: at worst that many bytes are compared at each place of a text.
    static let longestPeriodic = 128

    private mutating func append(_ entry: Entry) {
        if entries.count * 2 >= slots.count { grow() }
        entries.append(entry)
        link(entries.count - 1)
    }

    private mutating func grow() {
        let count = max(64, slots.count * 2)
        slots = Array(repeating: 0, count: count)
        filter = Array(repeating: 0, count: count * SecretIndex.bitsPerSlot / 64)
        for place in entries.indices { link(place) }
    }

    private mutating func link(_ place: Int) {
        let hash = SecretIndex.hash(entries[place].window)
        let bit = Int(truncatingIfNeeded: hash) & (filter.count * 64 - 1)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
        var slot = self.slot(hash)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(truncatingIfNeeded: place + 1)
    }

    // MARK: Asking

    /// Multiplicative (Knuth, The Art of Computer Programming 3, §6.4): the upper bits are the mixed ones.
    @inline(__always)
    static func hash(_ window: UInt32) -> UInt64 {
        (UInt64(window) &* 0x9E37_79B9_7F4A_7C15) >> 20
    }

    private func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 20) & (slots.count - 1) }

    private func mayKnow(_ hash: UInt64) -> Bool {
        guard !filter.isEmpty else { return false }
        let bit = Int(truncatingIfNeeded: hash) & (filter.count * 64 - 1)
        return filter[bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    /// Calls `found` with the forms that have a window, for a text that was read in a way.
    func look(for window: UInt32, _ reading: Reading, _ found: (Entry) -> Void) {
        let hash = SecretIndex.hash(window)
        guard mayKnow(hash) else { return }
        var slot = self.slot(hash)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.window == window, entry.reading == .either || entry.reading == reading { found(entry) }
            slot = (slot + 1) & (slots.count - 1)
        }
    }
}
