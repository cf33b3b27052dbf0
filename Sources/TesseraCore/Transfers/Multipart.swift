/// A part of a `multipart/form-data` body (RFC 7578).
public struct MultipartPart: Sendable {
    enum Content: Sendable {
        case bytes([UInt8])
        case file(String)
    }

    let name: String
    let filename: String?
    let contentType: String?
    let content: Content

    /// A text field.
    public static func field(_ name: String, _ value: String) -> MultipartPart {
        MultipartPart(name: name, filename: nil, contentType: nil, content: .bytes(Array(value.utf8)))
    }

    /// Bytes, as a file if they have a file's name.
    public static func bytes(
        _ name: String, _ bytes: [UInt8], filename: String? = nil, contentType: String = "application/octet-stream"
    ) -> MultipartPart {
        MultipartPart(name: name, filename: filename, contentType: contentType, content: .bytes(bytes))
    }

    /// The contents of a file, read anew for each attempt and never all in memory.
    ///
    /// - Parameter filename: The name that the server is told; by default the last part of the path.
    public static func file(
        _ name: String, _ path: String, filename: String? = nil, contentType: String = "application/octet-stream"
    ) -> MultipartPart {
        let own = path.split(separator: "/").last.map(String.init) ?? ""
        return MultipartPart(name: name, filename: filename ?? own, contentType: contentType, content: .file(path))
    }

    /// The lines before the content.
    func head(boundary: String) throws -> [UInt8] {
        var text = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(MultipartPart.escaped(name))\""
        if let filename { text += "; filename=\"\(MultipartPart.escaped(filename))\"" }
        if let contentType {
            guard contentType.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
                throw TesseraError(.encoding, "a part's media type holds a character that none may hold")
            }
            text += "\r\nContent-Type: \(contentType)"
        }
        return Array("\(text)\r\n\r\n".utf8)
    }

    /// As browsers write names (WHATWG HTML, "multipart/form-data encoding algorithm"): RFC 7578 §5.1 leaves it open, and
    /// a backslash means different things to different servers.
    static func escaped(_ name: String) -> String {
        var output: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 0x0A: output += "%0A".utf8
            case 0x0D: output += "%0D".utf8
            case 0x22: output += "%22".utf8
            default: output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// All parts as one body. Its length is known before, and each attempt writes the same.
    static func outgoing(_ parts: [MultipartPart], boundary: String) throws -> OutgoingBody {
        var heads: [[UInt8]] = []
        let end = Array("--\(boundary)--\r\n".utf8)
        var length = end.count
        for part in parts {
            let head = try part.head(boundary: boundary)
            heads.append(head)
            let size: Int
            switch part.content {
            case .bytes(let bytes): size = bytes.count
            case .file(let path): size = try RequestBody.size(ofFile: path)
            }
            let (sum, overflow) = length.addingReportingOverflow(size)
            guard !overflow, sum <= Int.max - head.count - 2 else {
                throw TesseraError(.encoding, "the parts are too long")
            }
            length = sum + head.count + 2
        }
        let pairs = Array(zip(heads, parts))
        return .stream(length: length) { writer in
            for (head, part) in pairs {
                try await writer.write(head)
                switch part.content {
                case .bytes(let bytes): try await writer.write(bytes)
                case .file(let path): try await Platform.readFile(path) { try await writer.write($0) }
                }
                try await writer.write([0x0D, 0x0A])
            }
            try await writer.write(end)
        }
    }
}

extension RequestBody {
    /// Fields and files as `multipart/form-data` (RFC 7578).
    ///
    /// ```swift
    /// try await api.post("/upload", .multipart([.field("title", "Ada"), .file("image", "ada.png", contentType: "image/png")]))
    /// ```
    public static func multipart(_ parts: [MultipartPart]) -> RequestBody {
        // 128 random bits: no content holds them by accident, and none can be made to.
        let random = Runtime.current.random
        let boundary = "tessera-" + String(random(), radix: 36) + "-" + String(random(), radix: 36)
        return RequestBody(
            kind: .multipart(parts, boundary: boundary), contentType: "multipart/form-data; boundary=\(boundary)")
    }
}
