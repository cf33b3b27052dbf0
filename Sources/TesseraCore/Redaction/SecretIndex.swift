/// Finds the places of a text where a known secret may stand, in one pass, however many secrets there are.
///
/// Of each form four bytes are known, its *window*; where they turn up in a text, ``SecretMatcher`` looks whether the
/// rest is there too. The window is a rare one: tokens of one issuer often begin alike.
struct SecretIndex: Sendable {
    struct Entry: Sendable {
        /// The secret's number in the redactor.
        var secret: UInt64
        var encoding: SecretEncoding
        /// Where in the form the window is.
        var offset: Int
        fileprivate var window: UInt32
    }

    private var entries: [Entry] = []
    /// Open addressing: places in `entries`, from one; zero is free. A power of two, at most half full.
    private var slots: [UInt32] = []
    /// One bit for each hash that is there; small enough for the cache of one core.
    private var filter: [UInt64] = []

    private static let bitsPerSlot = 32
    private static let window = 4
    /// The windows of a form that are tried for one that no other form has.
    private static let tries = 8

    var isEmpty: Bool { entries.isEmpty }

    mutating func insert(_ secret: UnsafeBufferPointer<UInt8>, number: UInt64) {
        for encoding in EncodedForm.encodings {
            let form = EncodedForm(secret, as: encoding)
            guard form.count >= max(6, SecretIndex.window) else { continue }
            if entries.count * 2 >= slots.count { grow() }
            let offset = offset(for: form)
            entries.append(Entry(secret: number, encoding: encoding, offset: offset, window: form.window(at: offset)))
            link(entries.count - 1)
        }
    }

    /// From the end, where tokens differ most.
    private func offset(for form: EncodedForm) -> Int {
        let last = form.count - SecretIndex.window
        for step in 0..<SecretIndex.tries where last - step * 3 >= 0 {
            if !mayKnow(SecretIndex.hash(form.window(at: last - step * 3))) { return last - step * 3 }
        }
        return last
    }

    private mutating func grow() {
        let count = max(64, slots.count * 2)
        slots = Array(repeating: 0, count: count)
        filter = Array(repeating: 0, count: count * SecretIndex.bitsPerSlot / 64)
        for place in entries.indices { link(place) }
    }

    private mutating func link(_ place: Int) {
        let hash = SecretIndex.hash(entries[place].window)
        let bit = self.bit(hash)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
        var slot = self.slot(hash)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(truncatingIfNeeded: place + 1)
    }

    // MARK: Hashes

    /// Multiplicative (Knuth, The Art of Computer Programming 3, §6.4): the upper bits are the mixed ones.
    private static func hash(_ window: UInt32) -> UInt64 {
        (UInt64(window) &* 0x9E37_79B9_7F4A_7C15) >> 20
    }

    private func bit(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (filter.count * 64 - 1) }
    private func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 20) & (slots.count - 1) }

    private func mayKnow(_ hash: UInt64) -> Bool {
        guard !filter.isEmpty else { return false }
        let bit = self.bit(hash)
        return filter[bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    // MARK: Looking

    /// Calls `found` with each place of `text` where a window stands.
    func search(_ text: UnsafeBufferPointer<UInt8>, _ found: (_ position: Int, _ entry: Entry) -> Void) {
        guard !entries.isEmpty, text.count >= SecretIndex.window, let base = text.baseAddress else { return }
        let last = text.count - SecretIndex.window
        let mask = filter.count * 64 - 1
        // The last byte of the window comes in; a sign of an escape stays for four windows.
        var escapes = (0..<3).contains { TextEscapes.begins(text[$0]) } ? 4 : 0
        filter.withUnsafeBufferPointer { filter in
            for position in 0...last {
                let window = UInt32(
                    littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt32.self))
                let hash = SecretIndex.hash(window)
                let bit = Int(truncatingIfNeeded: hash) & mask
                if filter[bit >> 6] & (1 << UInt64(bit & 63)) != 0 {
                    look(for: window, hash, isEscaped: false) { found(position, $0) }
                }
                if TextEscapes.begins(UInt8(truncatingIfNeeded: window >> 24)) { escapes = 4 }
                guard escapes > 0 else { continue }
                escapes -= 1
                readEscapes(text, from: position, length: 0, window: 0, isEscaped: false) { window in
                    look(for: window, SecretIndex.hash(window), isEscaped: true) { found(position, $0) }
                }
            }
        }
    }

    private func look(for window: UInt32, _ hash: UInt64, isEscaped: Bool, _ found: (Entry) -> Void) {
        guard mayKnow(hash) else { return }
        var slot = self.slot(hash)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            // What is escaped goes byte by byte.
            if entry.window == window, !isEscaped || entry.encoding == .raw { found(entry) }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    /// Each way to read four bytes from `position` on of which one at least is escaped.
    private func readEscapes(
        _ text: UnsafeBufferPointer<UInt8>, from position: Int, length: Int, window: UInt32, isEscaped: Bool,
        _ found: (UInt32) -> Void
    ) {
        guard length < SecretIndex.window else {
            if isEscaped { found(window) }
            return
        }
        guard position < text.count else { return }
        func goOn(_ byte: UInt8, _ step: Int, _ isEscape: Bool) {
            readEscapes(
                text, from: position + step, length: length + 1, window: window | UInt32(byte) << UInt32(8 * length),
                isEscaped: isEscaped || isEscape, found)
        }
        let head = text[position]
        goOn(head, 1, false)
        guard TextEscapes.begins(head) else { return }
        let rest = text.count - position
        if head == UInt8(ascii: "+") { goOn(0x20, 1, true) }
        if rest >= 2, head == UInt8(ascii: "\\"), let byte = TextEscapes.unescaped(text[position + 1]) {
            goOn(byte, 2, true)
        }
        for length in [3, 6] where rest >= length {
            if let byte = TextEscapes.value(at: position, length: length, in: text) { goOn(byte, length, true) }
        }
    }
}
