#if CLI
import ArgumentParser
import HTTPTypes
import TesseraCore

/// What the arguments of `tessera call` mean.
struct CallArguments {
    let url: AbsoluteURL
    let request: CallRequest
    /// The body as text, for a curl line; nil when it came from a file.
    let bodyText: String?

    /// The largest body that is read from a file or from standard input, in bytes.
    static let largestBody = 67_108_864

    init(_ command: CallCommand) throws {
        let words = command.request
        let name = words.count == 2 ? words[0] : "GET"
        guard let method = HTTPRequest.Method(rawValue: name.uppercased()), name.utf8.count <= 32 else {
            throw ValidationError("the first of two arguments is a method, such as GET or POST")
        }
        guard let text = words.last else { throw ValidationError("give a URL") }
        guard method != .connect, method != .trace else {
            throw ValidationError(
                "CONNECT and TRACE are not for calls: one needs a proxy, the other echoes credentials")
        }
        url = try AbsoluteURL(text)
        var headers = RequestHeaders()
        for line in command.header {
            guard let colon = line.firstIndex(of: ":") else {
                throw ValidationError("a header is written as 'name: value'")
            }
            headers[String(line[..<colon])] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let body: RequestBody
        switch (command.json, command.form.isEmpty) {
        case (let json?, _) where json.hasPrefix("@"):
            let bytes = try OutputFile.read(String(json.dropFirst()), limit: CallArguments.largestBody)
            try CallArguments.check(json: bytes)
            body = .bytes(bytes, contentType: "application/json")
            bodyText = nil
        case (let json?, _):
            try CallArguments.check(json: Array(json.utf8))
            body = .text(json, contentType: "application/json")
            bodyText = json
        case (nil, false):
            var items = QueryItems()
            for field in command.form {
                guard let equals = field.firstIndex(of: "=") else {
                    throw ValidationError("a form field is written as name=value")
                }
                items.append(String(field[..<equals]), String(field[field.index(after: equals)...]))
            }
            body = .form(items)
            bodyText = String(decoding: items.encodedForm, as: UTF8.self)
        case (nil, true):
            body = .none
            bodyText = nil
        }
        request = CallRequest(method, RequestTarget(absolute: url), body, headers: headers, expecting: .any)
    }

    private struct AnyJSON: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    private static func check(json: [UInt8]) throws {
        do {
            _ = try JSONCoding().decode(AnyJSON.self, from: json)
        } catch {
            throw TesseraError(
                .encoding, "what --json gives is no JSON text",
                remedy: "quote it for the shell: --json '{\"name\": \"Ada\"}'")
        }
    }
}
#endif
