import TesseraCore

/// A body as a cassette keeps it: as text that people can read wherever it is text.
enum CassetteBody: Sendable, Equatable {
    case none
    case json(JSONValue)
    case form([QueryItems.Item])
    case text(String)
    case binary([UInt8])

    /// Reads a body without its codings.
    init(_ content: [UInt8], type: String?) {
        let media = (type ?? "").lowercased().prefix { $0 != ";" && $0 != " " }
        if content.isEmpty {
            self = .none
        } else if media == "application/x-www-form-urlencoded" {
            self = .form(FormParameters(content).items)
        } else if media.hasSuffix("json") || content.first == UInt8(ascii: "{"), let document = JSONValue(content),
            document.isExact
        {
            self = .json(document)
        } else if let text = String(validating: content, as: UTF8.self) {
            self = .text(text)
        } else {
            self = .binary(content)
        }
    }

    /// The bytes that a replay answers with.
    var bytes: [UInt8] {
        switch self {
        case .none: []
        case .json(let document): document.bytes
        case .form(let items): items.reduce(into: QueryItems()) { $0.append($1.name, $1.value) }.encodedForm
        case .text(let text): Array(text.utf8)
        case .binary(let bytes): bytes
        }
    }

    /// With the secrets that stand where secrets stand.
    func scrubbedByName(_ scrubber: inout CassetteScrubber) -> CassetteBody {
        switch self {
        case .none, .binary: self
        case .json(let document): .json(scrubber.json(document))
        case .form(let items): .form(scrubber.form(items))
        case .text(let text): .text(scrubber.parameters(in: text))
        }
    }

    /// Without the secrets that are known; nil when one cannot be taken out.
    func scrubbedByValue(_ scrubber: inout CassetteScrubber) -> CassetteBody? {
        switch self {
        case .none: return self
        case .json(let document): return .json(document.scrubbed(&scrubber))
        case .form(let items):
            return .form(items.map { QueryItems.Item(name: scrubber.text($0.name), value: scrubber.text($0.value)) })
        case .text(let text): return .text(scrubber.text(text))
        case .binary(let bytes):
            // A compressed file may hold what its bytes do not show.
            if ContentCoding.isGzip(bytes) {
                guard let inside = try? ContentCoding.gunzip(bytes), let clean = scrubber.bytes(inside) else {
                    return nil
                }
                return clean == inside ? self : nil
            }
            return scrubber.bytes(bytes).map { .binary($0) }
        }
    }
}

extension JSONValue {
    func scrubbed(_ scrubber: inout CassetteScrubber) -> JSONValue {
        switch self {
        case .string(let text): return .string(scrubber.text(text))
        case .array(let values): return .array(values.map { $0.scrubbed(&scrubber) })
        case .object(let members):
            var output: [String: JSONValue] = [:]
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                output[scrubber.text(name)] = value.scrubbed(&scrubber)
            }
            return .object(output)
        case .integer(let number):
            let text = String(number)
            let clean = scrubber.text(text)
            return clean == text ? self : .string(clean)
        case .number, .bool, .null: return self
        }
    }

    /// Whether no number of the document was rounded.
    var isExact: Bool {
        switch self {
        case .number(let value): abs(value) < 9_007_199_254_740_992
        case .array(let values): values.allSatisfy(\.isExact)
        case .object(let members): members.values.allSatisfy(\.isExact)
        case .string, .integer, .bool, .null: true
        }
    }
}
