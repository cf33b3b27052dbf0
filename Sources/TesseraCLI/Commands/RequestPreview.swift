#if CLI
import HTTPTypes
import TesseraCore

/// A request as text for people, and as a curl command; without secrets in either.
struct RequestPreview {
    /// The request line and header fields; a tag stands for the credential.
    let request: String
    /// A command for a POSIX shell. The secret stays in its environment variable: `printf` is built into the shell, so
    /// the expanded value shows up in no process list.
    let curl: String

    init(
        _ head: HTTPRequest, _ call: CallArguments, auth: CredentialReference?, authHeader: String?
    ) throws {
        let line = authHeader.map { "\($0): " } ?? "Authorization: Bearer "
        var text = "\(head.method.rawValue) \(call.url)\n"
        var words: [String] = []
        // Known, and so redacted, for as long as it lives: in what the user wrote into the other fields, too.
        let secret = try auth.map { try Secret(environment: $0.variable) }
        defer { withExtendedLifetime(secret) {} }
        if let auth, let secret {
            text += "\(line)\(secret)\n"
            // The header's name is an argument and not part of the format: it may hold a quote or a percent sign.
            words.append("printf '%s%s\\n' \(RequestPreview.quoted(line)) \"$\(auth.variable)\" |")
        }
        words.append("curl")
        switch head.method {
        case .get: break
        case .head: words.append("--head")
        default: words.append("-X \(RequestPreview.quoted(head.method.rawValue))")
        }
        if auth != nil { words.append("-H @-") }
        for field in head.headerFields {
            text += "\(field.name.rawName): \(field.value)\n"
            // curl negotiates compression itself, so that it also decodes it.
            if field.name != .acceptEncoding {
                words.append("-H \(RequestPreview.quoted("\(field.name.rawName): \(field.value)"))")
            }
        }
        if let body = call.bodyText { words.append("--data-raw \(RequestPreview.quoted(body))") }
        words.append(RequestPreview.quoted(call.url.description))
        request = Terminal.safe(unknown: text)
        curl = Terminal.safe(unknown: words.joined(separator: " "))
    }

    /// In single quotes for a POSIX shell.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
#endif
