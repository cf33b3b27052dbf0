import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What became of one read.
struct ProbeAnswer: Encodable {
    var secret: String?
    var version: String?
    var error: String?
    var message: String?

    func write() throws {
        print(String(decoding: try JSONCoding().encode(self), as: UTF8.self))
        fflush(nil)
    }
}
