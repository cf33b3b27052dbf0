import TesseraCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A cassette on disk: one JSON document, and beside it a directory for bodies that are too large to be read in it.
///
/// The one file of the module that imports Foundation.
struct CassetteFile {
    let path: String

    /// From this size on, in bytes, a body stands in a file of its own.
    static let largeBody = 16_384

    private var bodies: String { (path.hasSuffix(".json") ? String(path.dropLast(5)) : path) + ".bodies" }

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// The interactions, and the document's text for the tags in it.
    func load() throws -> (interactions: [CassetteInteraction], text: String) {
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw CassetteFailure("the cassette \(path) cannot be read", underlying: error)
        }
        guard let document = JSONValue(bytes), case .array(let entries)? = document["interactions"] else {
            throw CassetteFailure("\(path) is no cassette: it has no list \"interactions\"")
        }
        let interactions = try entries.enumerated().map { index, entry in
            guard let interaction = try interaction(entry) else {
                throw CassetteFailure("\(path): interaction \(index + 1) is incomplete")
            }
            return interaction
        }
        return (interactions, String(decoding: bytes, as: UTF8.self))
    }

    /// Writes all of it, or throws and leaves the document as it was.
    func save(_ interactions: [CassetteInteraction]) throws {
        do {
            let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            var entries: [JSONValue] = []
            for (index, interaction) in interactions.enumerated() {
                entries.append(
                    .object([
                        "request": .object([
                            "method": .string(interaction.method), "url": .string(interaction.url),
                            "headers": fields(interaction.requestFields),
                            "body": try body(interaction.requestBody, "\(index + 1)-request"),
                        ]),
                        "response": .object([
                            "status": .integer(Int64(interaction.status)),
                            "headers": fields(interaction.responseFields),
                            "body": try body(interaction.responseBody, "\(index + 1)-response"),
                        ]),
                    ]))
            }
            let document: JSONValue = .object(["version": 1, "interactions": .array(entries)])
            try Data("\(document.prettyText)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch let failure as CassetteFailure {
            throw failure
        } catch {
            throw CassetteFailure("the cassette \(path) cannot be written", underlying: error)
        }
    }

    private func fields(_ fields: [[String]]) -> JSONValue {
        .array(fields.map { .string($0.joined(separator: ": ")) })
    }

    private func body(_ body: CassetteBody, _ name: String) throws -> JSONValue {
        let bytes = body.bytes
        guard bytes.count < CassetteFile.largeBody else {
            let (kind, ending) = body.fileKind
            let file = "\(name).\(ending)"
            try FileManager.default.createDirectory(atPath: bodies, withIntermediateDirectories: true)
            let text = if case .json(let document) = body { Array("\(document.prettyText)\n".utf8) } else { bytes }
            try Data(text).write(to: URL(fileURLWithPath: "\(bodies)/\(file)"), options: .atomic)
            return .object(["file": .string(file), "kind": .string(kind)])
        }
        switch body {
        case .none: return .null
        case .json(let document): return .object(["json": document])
        case .form(let items): return .object(["form": .array(items.map { .string("\($0.name)=\($0.value)") })])
        case .text(let text): return .object(["text": .string(text)])
        case .binary(let bytes):
            return .object(["base64": .string(String(decoding: Base64.encode(bytes), as: UTF8.self))])
        }
    }

    // MARK: - Reading

    private func interaction(_ entry: JSONValue) throws -> CassetteInteraction? {
        guard let request = entry["request"], let response = entry["response"],
            case .string(let method)? = request["method"], case .string(let url)? = request["url"],
            case .integer(let status)? = response["status"], let code = Int(exactly: status)
        else { return nil }
        return CassetteInteraction(
            method: method, url: url, requestFields: fields(request["headers"]),
            requestBody: try body(request["body"]), status: code, responseFields: fields(response["headers"]),
            responseBody: try body(response["body"]))
    }

    private func fields(_ value: JSONValue?) -> [[String]] {
        guard case .array(let lines)? = value else { return [] }
        return lines.compactMap { line in
            guard case .string(let text) = line, let colon = text.firstIndex(of: ":") else { return nil }
            return [String(text[..<colon]), String(text[text.index(after: colon)...].drop { $0 == " " })]
        }
    }

    private func body(_ value: JSONValue?) throws -> CassetteBody {
        guard let value else { return .none }
        if let document = value["json"] { return .json(document) }
        if case .string(let text)? = value["text"] { return .text(text) }
        if case .array(let lines)? = value["form"] {
            return .form(
                lines.compactMap { line in
                    guard case .string(let text) = line, let sign = text.firstIndex(of: "=") else { return nil }
                    return QueryItems.Item(
                        name: String(text[..<sign]), value: String(text[text.index(after: sign)...]))
                })
        }
        if case .string(let text)? = value["base64"] { return .binary(Array(Data(base64Encoded: text) ?? Data())) }
        guard case .string(let file)? = value["file"], case .string(let kind)? = value["kind"] else { return .none }
        guard !file.contains("/"), !file.hasPrefix(".") else {
            throw CassetteFailure("\(path) names a body outside its directory: \(file)")
        }
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(bodies)/\(file)")))
        } catch {
            throw CassetteFailure("the body \(file) of \(path) cannot be read", underlying: error)
        }
        return CassetteBody(file: bytes, kind: kind)
    }
}

extension CassetteBody {
    fileprivate var fileKind: (kind: String, ending: String) {
        switch self {
        case .json: ("json", "json")
        case .form: ("form", "txt")
        case .none, .text: ("text", "txt")
        case .binary: ("binary", "bin")
        }
    }

    fileprivate init(file bytes: [UInt8], kind: String) {
        switch kind {
        case "json": self = JSONValue(bytes).map { .json($0) } ?? .binary(bytes)
        case "form": self = .form(FormParameters(bytes).items)
        case "text": self = .text(String(decoding: bytes, as: UTF8.self))
        default: self = .binary(bytes)
        }
    }
}

extension JSONValue {
    fileprivate subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }
}
