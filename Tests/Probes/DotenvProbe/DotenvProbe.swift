import TesseraCore
import TesseraSecrets

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Reads `.env` texts from standard input, each ended by a zero byte, and prints what each one says, every field ended by
/// a zero byte: how many fields follow, names and values by name, and the number of lines that cannot be read.
@main
enum DotenvProbe {
    static func main() {
        var text: [UInt8] = []
        var output: [UInt8] = []
        while case let byte = getchar(), byte >= 0 {
            guard byte == 0 else {
                text.append(UInt8(truncatingIfNeeded: byte))
                continue
            }
            answer(String(decoding: text, as: UTF8.self), into: &output)
            text.removeAll(keepingCapacity: true)
            if output.count > 60_000 { flush(&output) }
        }
        flush(&output)
    }

    private static func answer(_ text: String, into output: inout [UInt8]) {
        let (values, unreadable) = DotenvFile.resolve(text) { $0 == "ONLY_IN_ENVIRONMENT" ? "from outside" : nil }
        let pairs = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for field in ["\(pairs.count * 2)"] + pairs.flatMap({ [$0.key, $0.value] }) + ["\(unreadable.count)"] {
            output += Array(field.utf8) + [0]
        }
    }

    private static func flush(_ output: inout [UInt8]) {
        output.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let written = write(1, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
                guard written > 0 else { exit(1) }
                sent += written
            }
        }
        output.removeAll(keepingCapacity: true)
    }
}
