#if canImport(Glibc)
import Glibc

/// The kernel's files about this process.
enum ProcessFile {
    /// The number of the first line that begins with `name`; 0 when there is none.
    static func kilobytes(_ name: String, in path: String) -> Int {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let length = read(descriptor, &bytes, bytes.count)
        guard length > 0 else { return 0 }

        let lines = bytes[..<length].split(separator: UInt8(ascii: "\n"))
        for line in lines where line.starts(with: name.utf8) {
            let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return Int(String(decoding: digits, as: UTF8.self)) ?? 0
        }
        return 0
    }
}
#endif
