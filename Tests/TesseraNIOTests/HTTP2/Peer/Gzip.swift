#if NIO
import Foundation

extension [UInt8] {
    /// As `gzip` compresses it.
    func gzipped() throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).bytes")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(self).write(to: file)
        let packed = file.appendingPathExtension("gz")
        defer { try? FileManager.default.removeItem(at: packed) }
        try TestProgram.run("gzip", ["-k", file.path])
        return Array<UInt8>(try Data(contentsOf: packed))
    }
}
#endif
