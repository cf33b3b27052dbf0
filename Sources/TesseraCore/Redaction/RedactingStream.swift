/// Redacts text that comes in pieces, as if it had come at once.
///
/// Lines go out when their end has come: what a line holds is known then, a private key and a secret of several lines
/// excepted, whose lines are kept until it is. A line without an end is kept up to a bound and then goes out from its
/// beginning, so memory does not grow with the text.
///
/// ```swift
/// import TesseraCore
///
/// var stream = RedactingStream(Redactor.process, patterns: PatternMatcher())
/// var output = stream.take(Array("Authorization: Bea".utf8))  // nothing yet
/// output += stream.take(Array("rer 8f14e45fceea167a\n".utf8))  // Authorization: Bearer [secret:…]
/// output += stream.finish()
/// ```
public struct RedactingStream: Sendable {
    private let redactor: Redactor
    private var scan: PatternScan?
    /// What is not out yet, behind some bytes that are: rules look at what stands before.
    private var buffer: [UInt8] = []
    private var emitted = 0
    /// Found and not out yet.
    private var found: [RedactionSpan] = []
    /// Below it no known secret begins that was not found.
    private var searched = 0
    /// The bytes that must be there before it is worth another look.
    private var enough = 0

    /// Whether a line has ended that was not looked at.
    private var hasLine = false
    /// The same for lines that were kept: to read them all again for each further one takes too long when they are many.
    private var enoughLines = 0

    /// How often each pattern was replaced.
    public private(set) var patternCounts: [SecretPattern: Int] = [:]
    /// How often known secrets were replaced.
    public private(set) var secretCount = 0

    /// The bytes that are held.
    var keptBytes: Int { buffer.count }

    /// A stream that knows what `redactor` knows at each moment, and looks for patterns.
    ///
    /// - Parameter patterns: Those of the redactor if nil.
    public init(_ redactor: Redactor, patterns: PatternMatcher? = nil) {
        self.redactor = redactor
        scan = (patterns ?? redactor.patterns).map { PatternScan($0) }
    }

    /// Takes a piece and returns what can go out.
    public mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let before = buffer.count
        buffer += bytes
        hasLine = hasLine || buffer[before...].contains { $0 == 0x0A || $0 == 0x0D }
        guard hasLine && buffer.count >= enoughLines || buffer.count >= enough else { return [] }
        hasLine = false
        return advance(isEnd: false)
    }

    /// Returns the rest. The stream is as new then.
    public mutating func finish() -> [UInt8] {
        let rest = advance(isEnd: true)
        self = RedactingStream(redactor, scan?.matcher, patternCounts, secretCount)
        return rest
    }

    private init(_ redactor: Redactor, _ patterns: PatternMatcher?, _ counts: [SecretPattern: Int], _ secrets: Int) {
        self.init(redactor, patterns: patterns)
        patternCounts = counts
        secretCount = secrets
    }

    // MARK: How far

    /// The longest form of a known secret has six bytes for each of its own, as `\u0041`.
    private static let longestEscape = 6

    private mutating func advance(isEnd: Bool) -> [UInt8] {
        let index = redactor.index
        let reach = index.longest * RedactingStream.longestEscape + PatternCursor.longest
        var bytes: [UInt8] = []
        swap(&bytes, &buffer)
        let (output, end) = bytes.withUnsafeBufferPointer { text in
            let decided = lookForPatterns(text, isEnd: isEnd)
            var border = isEnd ? text.count : lineBorder(text, decided, index)
            var windows = searched..<max(searched, border)
            if border <= emitted, text.count >= enough {
                border = min(decided - PatternRule.lookBehind, text.count - reach)
                // What begins before the border has its window not further behind it than the longest secret is long.
                windows = searched..<max(searched, border + reach)
            }
            guard border > emitted else { return ([UInt8](), emitted) }
            redactor.known(in: text, windows: windows) { span in
                if span.range.lowerBound >= emitted, span.range.lowerBound < border { found.append(span) }
            }
            searched = max(searched, border)
            return emit(text, to: border, mayCut: text.count - emitted > 16 * reach)
        }
        swap(&bytes, &buffer)
        drop(to: end)
        enough = max(emitted + 8 * reach, buffer.count + reach)
        enoughLines = buffer.count > 4096 && output.isEmpty ? buffer.count + buffer.count / 8 : 0
        return output
    }

    /// Looks for patterns, and says before which place all are known.
    private mutating func lookForPatterns(_ text: UnsafeBufferPointer<UInt8>, isEnd: Bool) -> Int {
        guard var scan else { return text.count }
        scan.goOn(through: text, isWhole: isEnd) { found.append(RedactionSpan($0)) }
        self.scan = scan
        return scan.isWaiting ? scan.position : text.count
    }

    /// Behind the last end of a line, before `decided`, over which no known secret may reach; zero when there is none.
    private func lineBorder(_ text: UnsafeBufferPointer<UInt8>, _ decided: Int, _ index: SecretIndex) -> Int {
        let secrets = index.ofSeveralLines.compactMap { redactor.storage(of: $0) }
        var end = decided
        while end > emitted, let lineEnd = text[emitted..<end].lastIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            let starts = secrets.compactMap { secret in
                secret.withBytes { SecretMatcher(secret: $0, text: text).start(ofPartBefore: lineEnd + 1) }
            }
            guard let start = starts.min() else { return lineEnd + 1 }
            end = min(start, lineEnd)
        }
        return 0
    }

    // MARK: Out

    /// The text up to `border`, or up to a piece that reaches over it; and where that is.
    private mutating func emit(
        _ text: UnsafeBufferPointer<UInt8>, to border: Int, mayCut: Bool
    ) -> (output: [UInt8], end: Int) {
        var end = border
        var spans = RedactionSpan.merged(found).filter { $0.range.lowerBound < border }
        if let last = spans.last, last.range.upperBound > border {
            // Secrets that overlap without end are the one case in which a piece is given two tags.
            if mayCut, last.range.lowerBound == emitted {
                spans[spans.count - 1] = last.clipped(to: emitted..<border)
            } else {
                spans.removeLast()
                end = last.range.lowerBound
            }
        }
        found = found.filter { $0.range.upperBound > end }.map {
            $0.range.lowerBound < end ? $0.clipped(to: end..<$0.range.upperBound) : $0
        }
        for span in spans {
            if let pattern = span.pattern { patternCounts[pattern, default: 0] += 1 } else { secretCount += 1 }
        }
        return (RedactionSpan.replacing(spans, in: text, from: emitted, to: end), end)
    }

    /// Forgets what is out, but for what rules may look at.
    private mutating func drop(to end: Int) {
        let count = max(0, end - PatternRule.lookBehind)
        emitted = end - count
        guard count > 0 else { return }
        buffer.removeFirst(count)
        searched -= count
        scan?.drop(count)
        found = found.map { $0.moved(back: count) }
    }
}

/// What a stream holds is not redacted yet.
extension RedactingStream: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How much is held.
    public var description: String { "RedactingStream(\(keptBytes) bytes held)" }
    /// How much is held.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
