import HTTPTypes

/// What an answer means for a file of which a part is there already (RFC 9110 §13.1.5, §14): a pure decision.
enum ResumeDecision: Sendable, Hashable {
    /// The answer goes on where the part ends; `total` is the size of the whole, where it is stated.
    case append(total: Int?)
    /// The answer is the whole. `validator` is what the next part may be asked for with.
    case replace(validator: String?, total: Int?)
    /// The part is the whole.
    case complete
    /// The part is of no use; ask for the whole.
    case discard

    /// - Parameters:
    ///   - offset: The bytes that are there; 0 when none were asked to be left out.
    ///   - validator: The strong entity tag they belong to.
    init(_ head: HTTPResponse, offset: Int, validator: String?) {
        let fields = head.headerFields
        // Ranges count bytes of the coded form, files those of the plain one.
        let isPlain = fields[.contentEncoding].map { $0.lowercased() == "identity" } ?? true
        switch head.status.code {
        case 206:
            // A redirect drops If-Range, and some servers ignore it: only the tag of the answer proves what it is of.
            guard offset > 0, isPlain, let validator, fields[.eTag] == validator,
                let range = fields[.contentRange].flatMap({ ContentRange($0) }), range.first == offset
            else {
                self = .discard
                return
            }
            self = .append(total: range.total)
        case 416:
            let range = fields[.contentRange].flatMap { ContentRange($0) }
            self = offset > 0 && range?.first == nil && range?.total == offset ? .complete : .discard
        default:
            let tag = isPlain ? fields[.eTag].flatMap { ResumeDecision.isStrong($0) ? $0 : nil } : nil
            let length = isPlain ? fields[.contentLength].flatMap { Int($0) } : nil
            self = .replace(validator: tag, total: length)
        }
    }

    /// An entity tag that stands for the same bytes (RFC 9110 §8.8.3); weak ones stand for the same meaning only.
    static func isStrong(_ tag: String) -> Bool {
        let bytes = tag.utf8
        return bytes.count >= 2 && bytes.count <= 1024 && bytes.first == 0x22 && bytes.last == 0x22
            && bytes.dropFirst().dropLast().allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
    }
}

/// `bytes 100-199/200` (RFC 9110 §14.4).
struct ContentRange: Sendable, Hashable {
    /// Nil in the form that says that a range cannot be satisfied.
    var first: Int?
    var last: Int?
    /// Nil where the server does not know.
    var total: Int?

    init?(_ field: String) {
        let words = field.utf8.split(separator: 0x20)
        guard words.count == 2, words[0].map(\.lowercased).elementsEqual("bytes".utf8) else { return nil }
        let halves = words[1].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        if !halves[1].elementsEqual("*".utf8) {
            guard let total = ContentRange.number(halves[1]) else { return nil }
            self.total = total
        }
        guard !halves[0].elementsEqual("*".utf8) else {
            if total == nil { return nil }
            return
        }
        let ends = halves[0].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard ends.count == 2, let first = ContentRange.number(ends[0]), let last = ContentRange.number(ends[1]),
            first <= last, total.map({ last < $0 }) ?? true
        else { return nil }
        (self.first, self.last) = (first, last)
    }

    private static func number(_ digits: Substring.UTF8View) -> Int? {
        !digits.isEmpty && digits.allSatisfy(\.isDigit) ? Int(Substring(digits)) : nil
    }
}
