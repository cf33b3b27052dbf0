#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

struct TemporaryFileFailure: Error {}

/// Makes a directory of its own, which is removed afterwards.
func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = try makeTemporaryDirectory()
    defer { removeTree(path) }
    return try await body(path)
}

/// Writes a file into a directory of its own.
func withSecretFile<Result>(_ bytes: [UInt8], mode: UInt16 = 0o600, _ body: (String) throws -> Result) throws -> Result
{
    let directory = try makeTemporaryDirectory()
    defer { removeTree(directory) }
    let path = "\(directory)/secret"
    try writeFile(path, bytes, mode: mode)
    return try body(path)
}

func writeFile(_ path: String, _ bytes: [UInt8], mode: UInt16 = 0o600) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(mode))
    guard descriptor >= 0 else { throw TemporaryFileFailure() }
    defer { close(descriptor) }
    // The process's umask may have taken bits away.
    fchmod(descriptor, mode_t(mode))
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count else { throw TemporaryFileFailure() }
}

private func makeTemporaryDirectory() throws -> String {
    var template = Array("/tmp/tessera-secrets-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TemporaryFileFailure() }
    return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func removeTree(_ path: String) {
    if let directory = opendir(path) {
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != "..", unlink("\(path)/\(name)") != 0 { removeTree("\(path)/\(name)") }
        }
        closedir(directory)
    }
    rmdir(path)
}
