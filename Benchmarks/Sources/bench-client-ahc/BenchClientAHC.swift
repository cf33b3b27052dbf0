import BenchSupport

/// A program of its own, so that the memory of the others is not charged with AsyncHTTPClient and what it links.
@main
struct BenchClientAHC {
    static func main() {
        BenchProgram.run([AHCMode.self, TransportAHCMode.self, SessionAHCMode.self])
    }
}
