#if CLI
import TesseraCore

/// A file's path as the file system or git spells it: any bytes but NUL, chosen by whoever made the tree.
struct TreePath: Hashable, Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func appending(_ name: [UInt8]) -> TreePath {
        guard let last = bytes.last else { return TreePath(name) }
        return TreePath(bytes + (last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]) + name)
    }

    /// For a reader who decodes it: a secret that is a part of a name does not come out, everything else does.
    var redacted: String {
        Redactor.process.redact(SecretCatalogue.redact(bytes))
    }

    /// For a terminal.
    var printable: String {
        PrintableText.singleLine(redacted, limit: 4096)
    }

    /// A relative reference (RFC 3986 §4.2) whose colons cannot be taken for a scheme's, as SARIF wants paths (§3.4).
    var uri: String {
        // A name that is not UTF-8 keeps its bytes.
        let hidden = redacted
        let isWhole = hidden == String(decoding: bytes, as: UTF8.self)
        var output: [UInt8] = []
        PercentEncoding.append(isWhole ? bytes : Array(hidden.utf8), to: &output) {
            $0 == UInt8(ascii: "/") || $0.isUnreserved
        }
        return String(decoding: output, as: UTF8.self)
    }
}
#endif
